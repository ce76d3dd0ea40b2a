//! The generated crate's manifest settings and recorded inputs, from the configuration.

use std::path::{Component, Path, PathBuf};

use crate::emit::CrateSettings;
use crate::fresh::{Input, Inputs};
use crate::project::Project;

/// Everything about the generated crate but its code.
pub struct Package {
    /// Its manifest.
    pub settings: CrateSettings,
    /// What it is generated from.
    pub inputs: Inputs,
}

/// The crate that a project generates into a folder.
pub fn package(project: &Project, dir: &Path) -> Package {
    let config = &project.config;
    let dir = normal(dir);
    let from_dir = |path: &str| relative(&dir, &normal(&project.root.join(path)));
    let name = config.package.name.as_ref().map(|name| name.value.clone());
    let folder =
        || dir.file_name().map_or_else(|| "catalog".to_owned(), |name| name.to_string_lossy().into_owned());
    let version = || toml::Value::from(env!("CARGO_PKG_VERSION"));
    let sqlward = config.package.sqlward.as_ref().map_or_else(version, |sqlward| sqlward.value.clone());
    let dependencies = config.package.dependencies.iter();
    let files = project.sources.iter().map(|(_, file)| {
        let path = file.path.to_string_lossy();
        Input::new(from_dir(&path), file.text.as_bytes())
    });
    let configured = config.schema.iter().chain(&config.queries);
    let folders = configured.filter(|path| project.root.join(&path.value).is_dir());
    Package {
        settings: CrateSettings {
            name: name.unwrap_or_else(folder),
            sqlward: with_path(sqlward, &from_dir),
            dependencies: dependencies
                .map(|(name, dependency)| (name.value.clone(), with_path(dependency.clone(), &from_dir)))
                .collect(),
            derives: config.package.derives.iter().map(|derive| derive.value.clone()).collect(),
        },
        inputs: Inputs {
            files: files.collect(),
            folders: folders.map(|path| from_dir(&path.value)).collect(),
        },
    }
}

/// A dependency whose `path` is relative to the configuration file, made relative to the crate.
fn with_path(mut dependency: toml::Value, from_dir: &dyn Fn(&str) -> String) -> toml::Value {
    if let Some(path) = dependency.get_mut("path")
        && let Some(text) = path.as_str()
    {
        *path = toml::Value::from(from_dir(text));
    }
    dependency
}

/// The path without `.` and, after a folder, `..`. Links are not followed: the folder may not exist yet.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

/// The relative path from a folder to another path, separated by `/`. Both are absolute and normal.
fn relative(from: &Path, to: &Path) -> String {
    let common = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(common).map(|_| "..".to_owned());
    let down = to.components().skip(common).map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<_> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_lead_from_the_crate_to_the_inputs() {
        let way = |from: &str, to: &str| relative(&normal(Path::new(from)), &normal(Path::new(to)));
        assert_eq!(way("/a/catalog", "/a/queries/x.sql"), "../queries/x.sql");
        assert_eq!(way("/a/b/../catalog", "/a/./schema.sql"), "../schema.sql");
        assert_eq!(way("/a/catalog", "/a/catalog"), ".");
    }
}
