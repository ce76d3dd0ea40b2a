//! Statements that grant tokens of a team, from rows that exist, or that they insert, change or remove themselves.

use super::{Generator, Grant, Statement};
use crate::choices::Choices;
use crate::model::{Kind, Model};

/// The roles of the policy with their conditions on a membership. `None` is the scope without a role.
const ROLES: &[(Option<&str>, &str)] = &[
    (None, "true"),
    (Some("lead"), "rank = 'lead'"),
    (Some("early"), "since is null"),
    (Some("kept"), "ended is null"),
    (Some("high"), "grade > 1"),
];

/// Generates a statement that grants a token.
pub fn statement(model: &Model, choices: Choices) -> Statement {
    let mut generator = Generator::new(model, &["creator"], choices);
    let is_system = generator.choices.chance(40);
    let (role, condition) = generator.choices.one_of(ROLES);
    let me = if is_system { generator.param("s1", Kind::Text) } else { ":creator_id".to_owned() };
    let sql = Granting { generator: &mut generator, me, condition }.top();
    let grants = Grant { role: role.map(str::to_owned), is_system };
    Statement { grants: Some(grants), ..generator.finish(&["creator"], sql) }
}

struct Granting<'g, 'm> {
    generator: &'g mut Generator<'m>,
    /// The caller, as an expression.
    me: String,
    /// The condition of the role.
    condition: &'static str,
}

impl Granting<'_, '_> {
    fn top(mut self) -> String {
        match self.generator.choices.below(6) {
            0 => self.found("team_members"),
            1 | 2 => {
                let beside = self.beside();
                let table = self.table();
                format!("with beside as ({beside}) {}", self.found(&table))
            }
            3 => {
                let made = self.made();
                format!("{made} returning team_id")
            }
            4 => {
                let made = self.made();
                let conditions = self.conditions("made");
                format!(
                    "with made as ({made} returning team_id, user_id, rank, since, until, ended, grade) \
                     select made.team_id from made where {conditions}"
                )
            }
            _ => self.founded(),
        }
    }

    fn table(&mut self) -> String {
        self.generator
            .choices
            .one_of(&["team_members", "team_members", "members_low", "members_high"])
            .to_owned()
    }

    /// The conditions that a membership needs, or most of them.
    fn conditions(&mut self, row: &str) -> String {
        let me = self.me.clone();
        let role = self.condition.split(' ').map(|word| match word {
            "rank" | "since" | "ended" | "grade" => format!("{row}.{word}"),
            word => word.to_owned(),
        });
        let role = role.collect::<Vec<_>>().join(" ");
        let all = [format!("{row}.user_id = {me}"), format!("{row}.until is null"), role];
        let kept: Vec<String> = all.into_iter().filter(|_| !self.generator.is_weakened()).collect();
        self.generator.conjunction(kept)
    }

    fn found(&mut self, table: &str) -> String {
        let conditions = self.conditions("m");
        let team = self.generator.param("p1", Kind::Int);
        format!("select m.team_id from {table} m where m.team_id = {team} and {conditions}")
    }

    /// A further statement in WITH, which may write the membership or rows that it refers to.
    fn beside(&mut self) -> String {
        let me = self.me.clone();
        let table = self.table();
        match self.generator.choices.below(7) {
            0 => format!("update {table} m set rank = 'guest' where m.user_id = {me} returning 1"),
            1 => format!(
                "update {table} m set ended = now(), until = now() where m.user_id = {me} returning 1"
            ),
            2 => format!("delete from passes p where p.creator_id = {me} returning 1"),
            3 => format!("update passes p set grade = 0 where p.creator_id = {me} returning 1"),
            4 => format!("delete from {table} m where m.user_id = {me} returning 1"),
            5 => format!("update passes p set note = 'x' where p.creator_id = {me} returning 1"),
            _ => format!("delete from drafts d where d.creator_id = {me} returning 1"),
        }
    }

    /// Optional columns of a new row, with values.
    fn extras(&mut self) -> Vec<(&'static str, &'static str)> {
        let mut given = Vec::new();
        for column in ["since", "until", "ended"] {
            let value =
                self.generator.choices.one_of(&["", "", "", "null", "null", "timestamptz '2022-02-02'"]);
            if !value.is_empty() {
                given.push((column, value));
            }
        }
        given
    }

    fn rank(&mut self) -> &'static str {
        self.generator.choices.one_of(&["'lead'", "'lead'", "'guest'"])
    }

    /// A statement that inserts or changes a membership.
    fn made(&mut self) -> String {
        let (me, rank, table) = (self.me.clone(), self.rank(), self.table());
        if self.generator.choices.chance(50) {
            let team = self.generator.param("p1", Kind::Int);
            let mut set = vec![format!("rank = {rank}")];
            set.extend(self.extras().iter().map(|(column, value)| format!("{column} = {value}")));
            let conditions = self.conditions("m");
            return format!(
                "update {table} m set {} where m.team_id = {team} and m.user_id = {me} and {conditions}",
                set.join(", ")
            );
        }
        let extras = self.extras();
        let names: String = extras.iter().map(|(column, _)| format!(", {column}")).collect();
        let values: String = extras.iter().map(|(_, value)| format!(", {value}")).collect();
        let overriding = self.generator.choices.one_of(&["", "", "", " overriding user value"]);
        let conflict = match self.generator.choices.below(4) {
            0 => "",
            1 => " on conflict (team_id, user_id) do nothing",
            2 => " on conflict (team_id, user_id) do update set since = excluded.since",
            _ => {
                " on conflict (team_id, user_id) do update set rank = excluded.rank, ended = null, until = null"
            }
        };
        let conflict = match conflict.contains("update") {
            true => format!("{conflict} where {table}.user_id = {me}"),
            false => conflict.to_owned(),
        };
        format!(
            "insert into {table} (team_id, user_id, rank, pass_id, grade{names}){overriding} \
             select x.team_id, {me}, {rank}, p.id, p.grade{values} from team_members x, passes p \
             where x.user_id = {me} and p.creator_id = {me}{conflict}"
        )
    }

    /// A statement that inserts a team with its first member.
    fn founded(&mut self) -> String {
        let (me, rank, extras) = (self.me.clone(), self.rank(), self.extras());
        let names: String = extras.iter().map(|(column, _)| format!(", {column}")).collect();
        let values: String = extras.iter().map(|(_, value)| format!(", {value}")).collect();
        let id = self.generator.fresh_id();
        let (numbered, number) = self.generator.choices.one_of(&[("id, ", true), ("", false)]);
        let number = if number { format!("{id}, ") } else { String::new() };
        let overriding = self.generator.choices.one_of(&["", "", " overriding user value"]);
        let made = format!(
            "insert into team_members (team_id, user_id, rank, pass_id, grade{names}) \
             select t.id, p.creator_id, {rank}, p.id, p.grade{values} from t, passes p where p.creator_id = {me}"
        );
        let founded =
            format!("insert into teams ({numbered}name){overriding} values ({number}'new') returning id");
        match self.generator.choices.below(3) {
            0 => format!("with t as ({founded}) {made} returning team_id"),
            1 => {
                let conditions = self.conditions("made");
                format!(
                    "with t as ({founded}), made as ({made} returning team_id, user_id, rank, since, until, ended, grade) \
                     select made.team_id from made where {conditions}"
                )
            }
            _ => format!(
                "with t as ({founded}), made as ({made} returning team_id) select t.id as team_id from t join made on made.team_id = t.id"
            ),
        }
    }
}
