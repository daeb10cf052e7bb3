//! The running program: settings, commands, starts, stops, outages, crashes, load and backups.

mod backup;
mod cluster;
mod commands;
mod connections;
mod durability;
mod faults;
mod frozen;
mod hang_ups;
mod health;
mod jobs;
mod kills;
mod log_lines;
mod outage;
mod process;
mod settings;
mod slow_clients;
mod stop;
mod storm;
