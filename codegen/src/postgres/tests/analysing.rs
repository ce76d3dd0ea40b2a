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
