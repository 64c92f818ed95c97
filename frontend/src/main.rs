//! The dashboard's entry point in the browser.

fn main() {
    frontend::mount();
}
