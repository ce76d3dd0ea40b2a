//! Soundness shown by PostgreSQL: random statements go through the prover, and whatever it accepts is executed on pairs
//! of databases that differ only in what the caller may not see. Nothing may tell them apart, and nothing of others may
//! change. A second opinion is asked of row level security.
//!
//! The test below runs some hundred accepted statements. The long run:
//!
//! ```sh
//! SOUNDNESS_ACCEPTED=20000 cargo test -p sqlward-codegen --test soundness -- --nocapture
//! ```
//!
//! `SOUNDNESS_SEED` repeats a run; the seed is printed.

mod choices;
mod control;
mod generate;
mod model;
mod oracle;
mod prover;
mod shrink;
mod worlds;

use std::collections::BTreeMap;

use choices::Choices;
use generate::{CLAIMS, Statement};
use model::Scope;
use oracle::{Finding, Oracle};
use prover::{Judgement, Prover};
use worlds::Pair;

/// Tables of the policy's `never_delete`.
const KEPT: &[&str] = &["memberships"];

/// Statements that are judged at once, with worlds of their own, in the short run and in the long one.
const BATCHES: [usize; 2] = [700, 4000];

/// Pairs of worlds for each claim of a batch.
const PAIRS: usize = 2;

#[test]
fn what_is_accepted_keeps_tenants_apart() {
    let number = |name: &str, otherwise: u64| {
        std::env::var(name).ok().map_or(otherwise, |text| text.parse().expect("it is a number"))
    };
    let seed = number("SOUNDNESS_SEED", 1);
    let goal = number("SOUNDNESS_ACCEPTED", 200);
    println!("SOUNDNESS_SEED={seed} SOUNDNESS_ACCEPTED={goal}");
    let mut run = Run::new(seed, BATCHES[usize::from(goal > 2000)]);
    while run.figures.accepted < goal {
        run.batch();
        println!("{}", run.figures);
    }
    assert!(
        run.leaks.is_empty(),
        "{} accepted statements leak:\n{}",
        run.leaks.len(),
        run.leaks.join("\n\n")
    );
    // Without these shares the silence above would mean nothing. They are what a fixed number of tries shows, and many a
    // rejected statement is safe, or would need other rows to show that it is not.
    for (what, least, (noticed, all)) in
        [("rejected", 10, run.figures.rejected), ("weakened", 15, run.figures.mutants)]
    {
        assert!(noticed * 100 >= all * least, "only {noticed} of {all} {what} statements are seen to leak");
    }
}

/// What is counted.
#[derive(Default)]
struct Figures {
    generated: u64,
    invalid: u64,
    accepted: u64,
    executed: u64,
    /// Executions that gave or changed a row.
    telling: u64,
    excluded: BTreeMap<&'static str, u64>,
    pairs: u64,
    /// Accepted statements by their first word.
    kinds: BTreeMap<String, u64>,
    /// Rejected statements that were executed all the same: leaks noticed, and all.
    rejected: (u64, u64),
    /// The same of those that one rule alone rejects.
    without_rule: BTreeMap<&'static str, (u64, u64)>,
    /// The same of accepted statements that one condition was taken from.
    mutants: (u64, u64),
    messages: BTreeMap<String, u64>,
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "generated {}, invalid {}, accepted {} {:?}, executions in two worlds {}, of them with rows {}, left out {:?}, pairs of worlds {}",
            self.generated,
            self.invalid,
            self.accepted,
            self.kinds,
            self.executed,
            self.telling,
            self.excluded,
            self.pairs
        )?;
        let percent =
            |(noticed, all): (u64, u64)| format!("{noticed} of {all}, {} %", noticed * 100 / all.max(1));
        writeln!(f, "rejected and seen to leak: {}", percent(self.rejected))?;
        writeln!(f, "weakened in one place and seen to leak: {}", percent(self.mutants))?;
        for (rule, counts) in &self.without_rule {
            writeln!(f, "  rejected by {rule} alone: {}", percent(*counts))?;
        }
        let mut messages: Vec<_> = self.messages.iter().collect();
        messages.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (message, count) in messages.iter().take(12) {
            writeln!(f, "  invalid, {count}: {message}")?;
        }
        Ok(())
    }
}

struct Run {
    prover: Prover,
    client: postgres::Client,
    choices: Choices,
    figures: Figures,
    leaks: Vec<String>,
    /// Of the last findings, those from executions that gave or changed a row.
    telling: u64,
    /// How many statements are judged at once.
    size: usize,
}

impl Run {
    fn new(seed: u64, size: usize) -> Run {
        let prover = Prover::start();
        let config: postgres::Config = prover.server.url().into();
        let mut client = config.connect(postgres::NoTls).expect("the server answers");
        client
            .batch_execute(
                "create role caller; set client_min_messages = error; set statement_timeout = '3s'; set jit = off; \
                 set max_parallel_workers_per_gather = 0",
            )
            .expect("the server answers");
        Run {
            prover,
            client,
            choices: Choices::random(seed),
            figures: Figures::default(),
            leaks: Vec::new(),
            telling: 0,
            size,
        }
    }

    /// Generates, proves and executes a batch.
    fn batch(&mut self) {
        let mut statements: Vec<Statement> = Vec::new();
        for at in 0..self.size {
            let claims = CLAIMS[[0, 1, 0, 2, 3, 4, 0, 5][at % 8]];
            let seed = self.seed();
            statements.push(generate::statement(&self.prover.model, claims, Choices::random(seed)));
        }
        let pairs = self.pairs();
        let answers = self.prover.judge(&statements);
        self.figures.generated += self.size as u64;
        if self.figures.mutants.1 < 100 {
            self.weakened(&statements, &answers, &pairs);
        }
        for (statement, answer) in statements.iter().zip(answers) {
            match answer {
                Err(message) => {
                    self.figures.invalid += 1;
                    *self.figures.messages.entry(message).or_default() += 1;
                }
                Ok(judgement) if judgement.rules.is_empty() => self.accepted(statement, &judgement, &pairs),
                Ok(judgement) => self.rejected(statement, &judgement, &pairs),
            }
        }
    }

    /// Takes one condition out of accepted statements, and sees whether what they do then is noticed.
    fn weakened(
        &mut self,
        statements: &[Statement],
        answers: &[Result<Judgement, String>],
        pairs: &BTreeMap<Vec<String>, Vec<Pair>>,
    ) {
        let accepted = statements
            .iter()
            .zip(answers)
            .filter(|(_, answer)| answer.as_ref().is_ok_and(|judgement| judgement.rules.is_empty()));
        let mutants: Vec<Statement> = accepted
            .take(100)
            .filter_map(|(statement, _)| {
                let sql = control::weakened(&statement.sql, &mut self.choices)?;
                Some(Statement { sql, ..statement.clone() })
            })
            .collect();
        let answers = self.prover.judge(&mutants);
        for (mutant, answer) in mutants.iter().zip(answers) {
            // What is still accepted had the condition twice.
            let Some(judgement) = answer.ok().filter(|judgement| !judgement.rules.is_empty()) else {
                continue;
            };
            let findings = self.findings(mutant, &judgement, pairs);
            self.figures.mutants.0 +=
                u64::from(findings.iter().any(|finding| matches!(finding, Finding::Leak(_))));
            self.figures.mutants.1 += 1;
        }
    }

    fn seed(&mut self) -> u64 {
        (self.choices.below(1 << 31) as u64) << 31 | self.choices.below(1 << 31) as u64
    }

    fn pairs(&mut self) -> BTreeMap<Vec<String>, Vec<Pair>> {
        self.pairs_for(|_| true)
    }

    /// Pairs of worlds for those claims that are asked for.
    fn pairs_for(&mut self, is_asked: impl Fn(&[&str]) -> bool) -> BTreeMap<Vec<String>, Vec<Pair>> {
        let mut found = BTreeMap::new();
        for (at, names) in CLAIMS.iter().enumerate().filter(|(_, names)| is_asked(names)) {
            let claims: Vec<&Scope> = names.iter().map(|name| self.prover.model.scope(name)).collect();
            let pairs = (0..PAIRS).map(|number| {
                let name = format!("w{at}_{number}");
                worlds::pair(&mut self.client, &self.prover.model, &claims, &mut self.choices, &name)
            });
            let pairs: Vec<Pair> = pairs.collect();
            self.figures.pairs += pairs.len() as u64;
            found.insert(names.iter().map(|name| (*name).to_owned()).collect(), pairs);
        }
        found
    }

    fn findings(
        &mut self,
        statement: &Statement,
        judgement: &Judgement,
        pairs: &BTreeMap<Vec<String>, Vec<Pair>>,
    ) -> Vec<Finding> {
        let seed = self.seed();
        let mut oracle =
            Oracle { client: &mut self.client, model: &self.prover.model, kept: KEPT, telling: 0 };
        let mut choices = Choices::random(seed);
        let findings = pairs[&statement.claims]
            .iter()
            .map(|pair| oracle.examine(pair, statement, judgement, &mut choices))
            .collect();
        self.telling = oracle.telling;
        findings
    }

    fn accepted(
        &mut self,
        statement: &Statement,
        judgement: &Judgement,
        pairs: &BTreeMap<Vec<String>, Vec<Pair>>,
    ) {
        self.figures.accepted += 1;
        let word = statement.sql.split_whitespace().next().unwrap_or_default();
        *self.figures.kinds.entry(word.to_owned()).or_default() += 1;
        let findings = self.findings(statement, judgement, pairs);
        self.figures.telling += self.telling;
        for finding in findings {
            self.figures.executed += 1;
            match finding {
                Finding::Same => {}
                Finding::Excluded(why) => *self.figures.excluded.entry(why).or_default() += 1,
                Finding::Leak(what) => {
                    let (smaller, what) = if self.leaks.len() < 8 {
                        shrink::shrink(self, statement, what, pairs)
                    } else {
                        (statement.clone(), what)
                    };
                    let leak = format!("--@ scope {}\n{}\n-- {what}", smaller.claims.join(", "), smaller.sql);
                    println!("{leak}\n");
                    self.leaks.push(leak);
                    return;
                }
            }
        }
    }

    fn rejected(
        &mut self,
        statement: &Statement,
        judgement: &Judgement,
        pairs: &BTreeMap<Vec<String>, Vec<Pair>>,
    ) {
        let alone = (judgement.rules.len() == 1).then(|| *judgement.rules.first().expect("there is one"));
        let is_new = alone.is_some_and(|rule| self.figures.without_rule.entry(rule).or_default().1 < 20);
        // Enough is enough: this only shows that the oracle sees.
        if self.figures.rejected.1 >= 200 && !is_new {
            return;
        }
        let leaks = self
            .findings(statement, judgement, pairs)
            .iter()
            .any(|finding| matches!(finding, Finding::Leak(_)));
        let count = |counts: &mut (u64, u64)| {
            counts.0 += u64::from(leaks);
            counts.1 += 1;
        };
        count(&mut self.figures.rejected);
        if let Some(rule) = alone {
            count(self.figures.without_rule.entry(rule).or_default());
        }
    }
}
