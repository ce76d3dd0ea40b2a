//! Measures the cost of a program in units that do not depend on the machine's speed: round trips to the server, allocations,
//! and instructions of the processor.
//!
//! A program is run in two processes, with `n` and with `2n` repetitions of the same work. The difference divided by `n` is
//! the cost of one repetition, without that of starting, connecting and preparing.

mod allocations;
mod cost;
mod instructions;
mod proxy;

pub use allocations::{Allocations, allocated};
pub use cost::{Cost, cost};
pub use instructions::{has_valgrind, instructions};
pub use proxy::Proxy;
