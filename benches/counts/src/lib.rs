//! Counts what a program costs in ways that do not depend on the machine: round trips to the server, allocations, and
//! instructions of the processor.
//!
//! A program that is measured is run twice, as processes of their own, with `n` and with `2n` repetitions of the same
//! work. What they differ in, divided by `n`, is the cost of one repetition: start-up, connecting and preparing cancel
//! each other out.

mod allocations;
mod cost;
mod instructions;
mod proxy;

pub use allocations::{Allocations, allocated};
pub use cost::{Cost, cost};
pub use instructions::{has_valgrind, instructions};
pub use proxy::Proxy;
