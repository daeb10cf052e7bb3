//! Yours. What pages share.

mod account_email;
mod card;
mod checkbox;
mod confirm_dialog;
mod device;
mod email_field;
mod field;
mod frame;
mod logout_button;
mod message;
mod navigation;
mod new_password_field;
mod next;
mod param;
mod rows;
mod submit;
mod text_area;

pub use account_email::AccountEmail;
pub use card::Card;
pub use checkbox::Checkbox;
pub use confirm_dialog::ConfirmDialog;
pub use device::device;
pub use email_field::EmailField;
pub use field::Field;
pub use frame::Frame;
pub use logout_button::LogoutButton;
pub use message::FormMessage;
pub use navigation::{AccountNavigation, Navigation, QuietNavigation};
pub use new_password_field::NewPasswordField;
pub use next::{NextField, use_next};
pub use param::use_param;
pub use rows::rows;
pub use submit::Submit;
pub use text_area::TextArea;
