//! What the project's maintainers keep true, beside what an app built on it must keep green. Delete this folder and its
//! two targets in `server/Cargo.toml` if you do not maintain Latchkey itself.

mod controls;
