use aqueduct as renamed;

mod inner {
    pub use aqueduct as reexported;
}

fn main() {
    drop(renamed::pipeline! {
        #![crate = renamed]
        iter(0..3) -> discard()
    });
    drop(renamed::pipeline! {
        #![crate = crate::inner::reexported]
        iter(0..3) -> discard()
    });
}
