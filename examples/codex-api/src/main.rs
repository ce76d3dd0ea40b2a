//! Runs the service.

#[tokio::main]
async fn main() {}
