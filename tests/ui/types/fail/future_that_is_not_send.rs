use aqueduct::pipeline;

use std::rc::Rc;

async fn run() {
    let _ = pipeline! {
        iter(0..3_u32)
            -> then(|x| async move {
                let held = Rc::new(x);
                std::future::ready(()).await;
                *held
            })
            -> discard()
    }
    .run()
    .await;
}

fn main() {
    drop(run());
}
