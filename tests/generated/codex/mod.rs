//! The catalog of this repository, used as an application would: two tenants, and deleted rows beside theirs.

mod accounts;
mod analytics;
mod bulk;
mod content;
mod coverage;
mod example;
mod exports;
mod fixture;
mod invitations;
mod lists;
mod mail;
mod media;
mod membership;
mod organizations;
mod plans;
mod profile;
mod public;
mod sessions;
mod staff;
mod transactions;
mod transcoding;
