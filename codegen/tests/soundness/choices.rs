//! The source of a generator's decisions: a random generator, or a recorded script.

/// A source of decisions. 0 is always the simplest choice, so that a script can be shrunk to a simpler one.
pub struct Choices {
    state: u64,
    script: Option<Vec<u32>>,
    taken: Vec<u32>,
}

impl Choices {
    /// Random decisions, which are the same for the same seed.
    pub fn random(seed: u64) -> Choices {
        Choices { state: seed, script: None, taken: Vec::new() }
    }

    /// The decisions of a script, and 0 after its end.
    pub fn replay(script: Vec<u32>) -> Choices {
        Choices { state: 0, script: Some(script), taken: Vec::new() }
    }

    /// All decisions so far.
    pub fn into_script(self) -> Vec<u32> {
        self.taken
    }

    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        let n = u32::try_from(n).expect("few alternatives");
        let found = match &self.script {
            Some(script) => script.get(self.taken.len()).copied().unwrap_or(0) % n,
            None => u32::try_from((self.next() >> 33) % u64::from(n)).expect("it is below n"),
        };
        self.taken.push(found);
        found as usize
    }

    /// True with this probability.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent.min(100)
    }

    /// One of these values.
    pub fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    fn next(&mut self) -> u64 {
        // splitmix64.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
