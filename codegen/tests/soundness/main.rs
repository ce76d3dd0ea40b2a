//! A random search for unsound proofs, with PostgreSQL as the oracle.
//!
//! `generate` makes random statements, and `prover` judges them. Those that it accepts are executed on pairs of databases,
//! called *worlds*, that differ only in rows which the caller may not see. The results must be the same in both worlds, and
//! rows of others must not change (`oracle`). Row level security is a second oracle. `control` checks that the search would
//! notice leaks, and `shrink` simplifies counterexamples.
//!
//! The test below executes a few hundred accepted statements. The long run:
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

/// The number of statements in a batch, which are judged together and have their own worlds: in the short run and in the long
/// one.
const BATCHES: [usize; 2] = [700, 4000];

/// The number of pairs of worlds for each claim of a batch.
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
    // Without these percentages the search above would prove nothing. They cannot be 100: the number of tries is limited, and
    // many rejected statements are safe, or would need other rows to show that they are not.
    for (what, least, (noticed, all)) in
        [("rejected", 10, run.figures.rejected), ("weakened", 15, run.figures.mutants)]
    {
        assert!(noticed * 100 >= all * least, "only {noticed} of {all} {what} statements are seen to leak");
    }
}

/// The statistics of a run.
#[derive(Default)]
struct Figures {
    generated: u64,
    invalid: u64,
    accepted: u64,
    executed: u64,
    /// The number of executions that returned or changed a row.
    telling: u64,
    excluded: BTreeMap<&'static str, u64>,
    pairs: u64,
    /// Accepted statements by their first word.
    kinds: BTreeMap<String, u64>,
    /// The rejected statements that were executed nevertheless: how many were noticed to leak, and how many there were.
    rejected: (u64, u64),
    /// The same for those that only one rule rejects, by rule.
    without_rule: BTreeMap<&'static str, (u64, u64)>,
    /// The same for accepted statements without one of their conditions.
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

/// A session with a statement timeout.
fn connect(config: &postgres::Config) -> postgres::Client {
    let mut client = config.connect(postgres::NoTls).expect("the server answers");
    client
        .batch_execute(
            "set client_min_messages = error; set statement_timeout = '3s'; set jit = off; \
             set max_parallel_workers_per_gather = 0",
        )
        .expect("the server answers");
    client
}

struct Run {
    prover: Prover,
    config: postgres::Config,
    client: postgres::Client,
    choices: Choices,
    figures: Figures,
    leaks: Vec<String>,
    /// The number of statements in a batch.
    size: usize,
}

impl Run {
    fn new(seed: u64, size: usize) -> Run {
        let prover = Prover::start();
        let config: postgres::Config = prover.server.url().unwrap().into();
        let mut client = connect(&config);
        client.batch_execute("create role caller").expect("the server answers");
        Run {
            prover,
            config,
            client,
            choices: Choices::random(seed),
            figures: Figures::default(),
            leaks: Vec::new(),
            size,
        }
    }

    /// Generates, proves and executes a batch.
    fn batch(&mut self) {
        let mut statements: Vec<Statement> = Vec::new();
        for at in 0..self.size {
            let claims = CLAIMS[[0, 1, 0, 2, 3, 4, 0, 5][at % 8]];
            let seed = self.seed();
            let choices = Choices::random(seed);
            statements.push(match at % 10 {
                9 => generate::granting(&self.prover.model, choices),
                _ => generate::statement(&self.prover.model, claims, choices),
            });
        }
        let pairs = self.pairs();
        let answers = self.prover.judge(&statements);
        self.figures.generated += self.size as u64;
        if self.figures.mutants.1 < 100 {
            self.weakened(&statements, &answers, &pairs);
        }
        let is_accepted = |judgement: &Judgement| judgement.rules.is_empty();
        let judged: Vec<(&Statement, &Judgement)> = statements
            .iter()
            .zip(&answers)
            .filter_map(|(statement, answer)| Some((statement, answer.as_ref().ok()?)))
            .collect();
        let accepted: Vec<_> =
            judged.iter().copied().filter(|(_, judgement)| is_accepted(judgement)).collect();
        for (found, (statement, _)) in self.examined(&accepted, &pairs).into_iter().zip(&accepted) {
            self.accepted(statement, found, &pairs);
        }
        for (statement, judgement) in judged.iter().filter(|(_, judgement)| !is_accepted(judgement)) {
            self.rejected(statement, judgement, &pairs);
        }
        for message in answers.into_iter().filter_map(Result::err) {
            self.figures.invalid += 1;
            *self.figures.messages.entry(message).or_default() += 1;
        }
    }

    /// Executes statements. Returns the findings for each, and how often it returned or changed a row. Each pair of worlds has
    /// its own thread and connection, since they are independent of each other.
    fn examined(
        &mut self,
        statements: &[(&Statement, &Judgement)],
        pairs: &BTreeMap<Vec<String>, Vec<Pair>>,
    ) -> Vec<(Vec<Finding>, u64)> {
        let seeds: Vec<u64> = statements.iter().map(|_| self.seed()).collect();
        let (config, model, seeds) = (&self.config, &self.prover.model, &seeds);
        let examine = move |claims: &Vec<String>, number: u64, pair: &Pair| {
            let mut client = connect(config);
            let mut answers = Vec::new();
            for (at, ((statement, judgement), seed)) in statements.iter().zip(seeds).enumerate() {
                if statement.claims == *claims {
                    let mut choices = Choices::random(seed.wrapping_add(number));
                    let mut oracle = Oracle { client: &mut client, model, kept: KEPT, telling: 0 };
                    let finding = oracle.examine(pair, statement, judgement, &mut choices);
                    answers.push((at, finding, oracle.telling));
                }
            }
            answers
        };
        let mut found: Vec<(Vec<Finding>, u64)> = statements.iter().map(|_| (Vec::new(), 0)).collect();
        std::thread::scope(|scope| {
            let workers: Vec<_> = pairs
                .iter()
                .flat_map(|(claims, pairs)| {
                    pairs.iter().zip(0..).map(move |(pair, number)| (claims, number, pair))
                })
                .map(|(claims, number, pair)| scope.spawn(move || examine(claims, number, pair)))
                .collect();
            for (at, finding, telling) in
                workers.into_iter().flat_map(|worker| worker.join().expect("it ends"))
            {
                found[at].0.push(finding);
                found[at].1 += telling;
            }
        });
        found
    }

    /// Executes accepted statements without one of their conditions, and counts how many are noticed to leak.
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
            // If it is still accepted, another condition implies the one that was removed.
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

    /// Pairs of worlds for the selected claims.
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
        pairs[&statement.claims]
            .iter()
            .map(|pair| oracle.examine(pair, statement, judgement, &mut choices))
            .collect()
    }

    fn accepted(
        &mut self,
        statement: &Statement,
        (findings, telling): (Vec<Finding>, u64),
        pairs: &BTreeMap<Vec<String>, Vec<Pair>>,
    ) {
        self.figures.accepted += 1;
        let word = match statement.grants {
            Some(_) => "grant",
            None => statement.sql.split_whitespace().next().unwrap_or_default(),
        };
        *self.figures.kinds.entry(word.to_owned()).or_default() += 1;
        self.figures.telling += telling;
        for finding in findings {
            self.figures.executed += 1;
            match finding {
                Finding::Same => {}
                Finding::Excluded(why) => *self.figures.excluded.entry(why).or_default() += 1,
                Finding::Leak(what) | Finding::Lie(what) => {
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
        // A limited number is enough to show that the oracle notices leaks.
        if self.figures.rejected.1 >= 200 && !is_new {
            return;
        }
        let findings = self.findings(statement, judgement, pairs);
        let leaks = findings.iter().any(|finding| matches!(finding, Finding::Leak(_)));
        // The promises of its signature must hold although it is rejected.
        for finding in findings {
            if let Finding::Lie(what) = finding {
                self.leaks.push(format!("{}\n-- {what}", statement.sql));
            }
        }
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
