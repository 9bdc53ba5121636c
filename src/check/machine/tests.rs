//! Each rule by its message and place.
