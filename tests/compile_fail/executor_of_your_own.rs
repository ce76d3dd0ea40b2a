//! The executor is sealed.

struct Elsewhere;

impl sqlward::Executor for Elsewhere {}

fn main() {}
