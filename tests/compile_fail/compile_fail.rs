//! What must not compile, with the error that its author reads.

/// Each program in `cases` fails, with the text beside it.
#[test]
fn compile_fail() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
