//! Examples are in the files beside this folder.
