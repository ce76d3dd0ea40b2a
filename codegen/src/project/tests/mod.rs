mod configuration;
mod disk;
mod dumps;
