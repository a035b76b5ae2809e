//! A picture of a page, for the README: `picture URL WIDTHxHEIGHT light|dark CONDITION FILE` takes it when the condition, an expression, is
//! true in the page.

use aqueduct_browser_tests::{Browser, Look};
use base64::Engine as _;

#[tokio::main]
async fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [url, size, scheme, condition, file] = &*arguments else {
        panic!("picture URL WIDTHxHEIGHT light|dark CONDITION FILE");
    };
    let (width, height) = size.split_once('x').expect("a size is WIDTHxHEIGHT");
    let number = |text: &str| text.parse().expect("a number of pixels");
    let look = Look { width: number(width), height: number(height), dark: scheme == "dark", still: true };
    let browser = Browser::start().await;
    browser.look(look).await;
    browser.go(url).await;
    browser.wait_for(condition).await;
    let picture = base64::engine::general_purpose::STANDARD.decode(browser.picture().await).expect("base 64");
    std::fs::write(file, picture).expect("the file can be written");
    browser.close().await;
}
