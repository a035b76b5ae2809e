//! Orders, from a reader to a store: the README's first program.

use aqueduct::{BoxError, pipeline};

/// Any `AsyncRead` will do: a file, a socket, or these bytes.
const ORDERS: &[u8] = b"tea 3\ncoffee 12\ntea 1\n";

fn parse(line: String) -> Result<(String, u32), BoxError> {
    let (article, pieces) = line.split_once(' ').ok_or("an order is an article and a number")?;
    Ok((article.to_owned(), pieces.parse()?))
}

/// Asks a service what an article costs.
async fn price((article, pieces): (String, u32)) -> Result<u32, BoxError> {
    Ok(if article == "tea" { 2 * pieces } else { 3 * pieces })
}

/// Writes many rows into a database at once.
async fn store(amounts: Vec<u32>) -> Result<(), BoxError> {
    println!("stored {amounts:?}");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let import = pipeline! {
        lines(ORDERS)?
            -> map(parse)?
            -> queue(1024, low = 256)         // a link: here the signals come from
            -> map_async(16, price)?          // at most 16 requests at once, results in order
            -> batch(500, 1s)                 // at most 500 together, none waits longer than a second
            -> for_each_async(4, store)?
    };
    println!("{}", import.graph().to_mermaid());
    assert_eq!(import.bound(), Some(2060)); // more than this is never inside
    import.run().await?;
    Ok(())
}
