//! Helpers: the site, a visitor with a browser, the program as a process, nginx, load and the log. No tests.

pub mod gateway;
pub mod load;
pub mod log;
pub mod nginx;
pub mod pages;
pub mod program;
pub mod refusal;
pub mod site;
pub mod visitor;
pub mod workbench;
