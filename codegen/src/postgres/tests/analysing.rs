use super::*;

#[test]
fn good_and_bad_statements_keep_their_order() {
    let server = Server::start(None).unwrap();
    let mut connection = server.connect().unwrap();
    connection.batch("create table t (id int primary key, \"título\" text not null)").unwrap().unwrap();
    let outcomes = connection
        .analyse(&[
            plain("select * from t where id = $1"),
            plain("select 'é', nothing from t"),
            plain("update t set \"título\" = 'x'"),
            plain("select 1; select 2"),
            plain("-- nothing"),
            plain("select \0"),
            Statement { sql: "select $1", param_types: &[2950] },
            plain("create table other (id int)"),
            plain("select 'last'"),
        ])
        .unwrap();
    let analysis = outcomes[0].as_ref().unwrap();
    assert!(analysis.tree.starts_with("{QUERY :commandType 1 "), "{}", analysis.tree);
    assert_eq!(analysis.params, [23]);
    let columns: Vec<_> =
        analysis.columns.iter().map(|c| (c.name.as_str(), c.attribute, c.type_oid)).collect();
    assert_eq!(columns, [("id", 1, 23), ("título", 2, 25)]);
    assert!(analysis.columns.iter().all(|column| column.table >= 16384));
    let error = outcomes[1].as_ref().unwrap_err();
    assert_eq!((error.code.as_str(), error.position), ("42703", Some(13)), "characters, not bytes");
    let update = outcomes[2].as_ref().unwrap();
    assert!(update.tree.contains(":commandType 2 ") && update.columns.is_empty());
    assert_eq!(outcomes[3].as_ref().unwrap_err().code, "42601");
    assert_eq!(outcomes[4].as_ref().unwrap_err().message, "there is no statement here");
    assert!(outcomes[5].as_ref().unwrap_err().message.contains("cannot be sent"));
    assert_eq!(outcomes[6].as_ref().unwrap().params, [2950]);
    assert!(outcomes[7].as_ref().unwrap().tree.contains(":commandType 6 ") || server.version() < 150_000);
    assert_eq!(outcomes[8].as_ref().unwrap().columns[0].type_oid, 25);
    let made: bool = connection.json("select to_json(to_regclass('other') is not null)::text").unwrap();
    assert!(!made, "analysing executes nothing");
}

#[test]
fn neither_side_waits_for_the_other_however_much_there_is() {
    let server = Server::start(None).unwrap();
    let mut connection = server.connect().unwrap();
    let long = format!("select '{}'", "x".repeat(1_000_000));
    let mut statements = vec![plain("select relname, reltuples from pg_class where oid = $1"); 5_000];
    statements[2_500] = plain(&long);
    let outcomes = connection.analyse(&statements).unwrap();
    assert_eq!(outcomes.len(), 5_000);
    for (index, outcome) in outcomes.iter().enumerate() {
        let columns = outcome.as_ref().unwrap().columns.len();
        assert_eq!(columns, if index == 2_500 { 1 } else { 2 }, "at {index}");
    }
}

#[test]
fn two_sessions_give_the_same_in_the_same_order() {
    let server = Server::start(None).unwrap();
    let mut connection = server.connect().unwrap();
    let mut sessions = server.sessions().unwrap();
    let sql: Vec<String> = (0..1_000).map(|index| format!("select {index} as column_{index}")).collect();
    let statements: Vec<_> = sql.iter().map(|sql| plain(sql)).collect();
    let alone = connection.analyse(&statements).unwrap();
    let shared = sessions.analyse(&statements, |index, outcome| (index, outcome)).unwrap();
    assert!(shared.iter().map(|(index, _)| *index).eq(0..1_000));
    assert!(shared.into_iter().map(|(_, outcome)| outcome).eq(alone.iter().cloned()));
    assert_eq!(alone[999].as_ref().unwrap().columns[0].name, "column_999");
}

#[test]
fn a_tree_is_the_statements_own() {
    let server = Server::start(None).unwrap();
    let mut connection = server.connect().unwrap();
    // Analysing a constant runs the checks of its domain, and the queries in these are printed too.
    let schema = "create function fine(text) returns boolean language sql as 'select count(*) > 0 from pg_class where $1 is not null'; \
        create function chatty(text) returns boolean language plpgsql as $$ begin raise log 'parse tree:' using detail = '{QUERY :commandType 3'; return true; end $$; \
        create domain checked as text check (fine(value) and chatty(value)); create table t (c checked)";
    connection.batch(schema).unwrap().unwrap();
    let outcomes =
        connection.analyse(&[plain("insert into t values (checked 'a')"), plain("delete from t")]).unwrap();
    let types: Vec<_> = outcomes.iter().map(|outcome| &outcome.as_ref().unwrap().tree[..22]).collect();
    assert_eq!(types, ["{QUERY :commandType 3 ", "{QUERY :commandType 4 "].map(|tree| &tree[..22]));
    assert!(outcomes[0].as_ref().unwrap().tree.contains(":resultRelation 1"));
}

#[test]
fn a_schema_that_fails_half_way_tells_where() {
    let server = Server::start(None).unwrap();
    let mut connection = server.connect().unwrap();
    let error =
        connection.batch("create table a (); create table b (); create table a ()").unwrap().unwrap_err();
    assert_eq!((error.code.as_str(), error.executed), ("42P07", 2));
    let error = connection.batch("create table ä (id nonsense)").unwrap().unwrap_err();
    assert_eq!((error.code.as_str(), error.position), ("42704", Some(20)));
    let error = connection
        .batch("create function f() returns int language sql as 'select nothing'")
        .unwrap()
        .unwrap_err();
    assert_eq!(error.code, "42703");
    let error = connection.batch("create table c (); copy c from stdin; select 1").unwrap().unwrap_err();
    assert!(error.message.contains("there is no data here to copy from"), "{error}");
    connection.batch("create table a (); copy a to stdout").unwrap().unwrap();
}

#[test]
fn sessions_are_unaffected_by_what_a_dump_sets() {
    let server = Server::start(None).unwrap();
    let dump = "select pg_catalog.set_config('search_path', '', false); create table public.t (id int)";
    server.connect().unwrap().batch(dump).unwrap().unwrap();
    let outcomes = server.connect().unwrap().analyse(&[plain("select * from t")]).unwrap();
    assert!(outcomes[0].is_ok(), "{outcomes:?}");
}

#[test]
fn a_session_works_inside_of_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let server = Server::start(None).unwrap();
        let one: i32 = server.connect().unwrap().json("select '1'").unwrap();
        assert_eq!(one, 1);
    });
}

#[test]
fn a_session_that_ends_is_an_error_of_the_environment() {
    let server = Server::start(None).unwrap();
    let mut connection = server.connect().unwrap();
    let mut other = server.connect().unwrap();
    let end_all = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()";
    other.batch(end_all).unwrap().unwrap();
    let error = connection.analyse(&[plain("select 1")]).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("57P01"), "{error}: {cause}");
}
