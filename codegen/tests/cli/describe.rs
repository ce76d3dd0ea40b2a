//! The output of `describe` and `explain`.

use crate::project::{CONFIG, Project};

/// The schema of a type like that of an extension, which behaves like text.
fn text_type(name: &str) -> String {
    format!(
        "create type {name};
create function {name}_in(cstring) returns {name} language internal immutable strict as 'textin';
create function {name}_out({name}) returns cstring language internal immutable strict as 'textout';
create type {name} (input = {name}_in, output = {name}_out, like = text);
"
    )
}

const QUERIES: &str = "\
--@ scope system: \"a test\"

--! add
insert into people (email, path) values (:email, :path) returning id;

--! list
--@ page total
select id, email, path from people
where id = :id  --? id
order by id;
";

#[test]
fn text_of_extensions_is_text() {
    let project = Project::new(QUERIES);
    let people = "create table people (id int primary key generated always as identity, email citext not null, path tree);\n";
    project.put("schema.sql", text_type("citext") + &text_type("tree") + people);
    // One type is known, the other one only once the configuration names its Rust type.
    project.run(&["prove"]).refused(&["public.tree, which has no Rust type", "map"]);
    project.put("sqlward.toml", format!("{CONFIG}[types]\n\"public.tree\" = \"String\"\n"));
    let run = project.run(&["describe", "content::add"]).ok();
    let add = "    fn       add(db: &ServiceRole<'_>, email: &str, path: Option<&str>) -> Result<PersonId>\n";
    assert!(run.stdout.contains(add), "{}", run.stdout);
}

#[test]
fn the_signature_is_the_one_that_is_generated() {
    let project = Project::new(QUERIES);
    project.put("schema.sql", "create table people (id int primary key, email text not null, path text);\n");
    let run = project.run(&["describe", "content::list"]).ok();
    let list = "list(db: &ServiceRole<'_>, params: &List, page: Page) -> Result<Paged<Person>>";
    assert!(run.stdout.contains(&format!("    fn       {list}\n")), "{}", run.stdout);
    project.run(&["generate"]).ok();
    let generated = project.text("catalog/src/content.rs").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(generated.contains(&format!("pub async fn {list} {{").replace("( ", "(")), "{generated}");
    // With an error in one query the others are still described.
    project.put("queries/content.sql", format!("{QUERIES}--! wrong\nselect nope from people;\n"));
    let run = project.run(&["describe"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("content::list  many") && !run.stdout.contains("    fn "), "{}", run.stdout);
}

#[test]
fn a_query_is_found_by_its_path_its_name_or_its_module() {
    let project = Project::new("--! one\nselect 1 as a;\n--! another\nselect 2 as a;\n");
    for (wanted, described) in [
        ("content::one", &["content::one"][..]),
        ("one", &["content::one"]),
        ("content", &["content::one", "content::another"]),
    ] {
        let run = project.run(&["describe", wanted]).ok();
        let found: Vec<_> =
            run.stdout.lines().filter(|line| !line.starts_with(' ') && !line.is_empty()).collect();
        assert_eq!(found.len(), described.len(), "{}", run.stdout);
        assert!(found.iter().zip(described).all(|(line, path)| line.starts_with(path)), "{}", run.stdout);
    }
    let run = project.run(&["describe", "anohter"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("unknown query `anohter`") && run.stderr.contains("`another`"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_name_of_a_shared_row_does_not_depend_on_the_order_of_queries() {
    let (list, find) = (
        "--! list\nselect id, title from content;\n",
        "--! find_by_title\n--@ many\nselect id, title from content where title = :title;\n",
    );
    for queries in [format!("{list}{find}"), format!("{find}{list}")] {
        let project = Project::new(queries);
        let run = project.run(&["describe"]).ok();
        for name in ["ListRow", "FindByTitleRow"] {
            let returned = format!("-> Result<Vec<{name}>>");
            assert_eq!(run.stdout.matches(&returned).count(), 1, "{}", run.stdout);
        }
    }
}

#[test]
fn shells_complete_commands_and_options() {
    let project = Project::new(QUERIES);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = project.run(&["completions", shell]).ok();
        for word in ["describe", "message-format"] {
            assert!(run.stdout.contains(word), "{shell} knows no {word}: {}", run.stdout);
        }
    }
}

/// Every id of a finding that the cases of other tests expect has an explanation.
#[test]
fn every_finding_is_explained() {
    let mut kinds =
        std::collections::BTreeSet::from(["stale", "config", "encoding", "fragment"].map(str::to_owned));
    let tests = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for folder in ["diagnostics/queries", "parse"] {
        for file in std::fs::read_dir(tests.join(folder)).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let found = ["error[", "warning["].iter().flat_map(|word| text.split(word).skip(1));
            kinds.extend(found.filter_map(|rest| Some(rest.split_once(']')?.0.to_owned())));
        }
    }
    assert!(kinds.len() > 20, "{kinds:?}");
    let project = Project::new(QUERIES);
    for kind in kinds.iter().filter(|kind| *kind != "rule") {
        let run = project.run(&["explain", &format!("error[{kind}]")]).ok();
        assert!(run.stdout.starts_with(&format!("# {kind}\n\n")), "{}", run.stdout);
    }
    project.run(&["explain", "unknown-colum"]).broken(&["did you mean `unknown-column`?"]);
}
