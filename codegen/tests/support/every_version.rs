//! One test on the servers of every version.

use std::env;
use std::process::Command;

use crate::servers::servers;

/// Checks configurations on the servers of all versions, on each those that `configs` gives for its version. `test` is the
/// test that calls this: it runs itself again for each, since the server is chosen by an environment variable, which a test
/// must not change.
pub fn on_every_version(test: &str, configs: impl Fn(u32) -> &'static [&'static str], check: fn(&str)) {
    const CONFIG: &str = "SQLWARD_TEST_CONFIG";
    if let Ok(config) = env::var(CONFIG) {
        return check(&config);
    }
    for (version, bin) in servers() {
        for config in configs(version) {
            let mut again = Command::new(env::current_exe().unwrap());
            again
                .args(["--exact", test, "--nocapture"])
                .env(CONFIG, config)
                .env("SQLWARD_POSTGRES_BIN", &bin);
            let output = again.output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{config} on {version}:\n{said}");
        }
    }
}
