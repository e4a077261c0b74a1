//! Histories written by hand: the hard moments one by one.
