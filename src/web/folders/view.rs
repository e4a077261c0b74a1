//! How a folder is looked at: what stands in the address of its page.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    host::{Browse, MOST_ROWS, Next, Order},
    names::FileName,
};

/// Rows of a page that says nothing about it.
const ROWS: usize = 100;

/// The longest text that is looked for, in characters.
const LONGEST_FIND: usize = 200;

/// How a folder is looked at: what stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct View {
    pub(super) order: Order,
    pub(super) descending: bool,
    pub(super) find: String,
    pub(super) below: bool,
    pub(super) rows: Option<usize>,
    pub(super) from: usize,
    pub(super) after: Option<FileName>,
}

impl View {
    /// Reads it from the parameters of an address; what is none is passed over.
    pub(super) fn read(parameter: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| parameter(name).and_then(|number| number.parse::<usize>().ok());
        let after = parameter("after").and_then(|mark| {
            let name = String::from_utf8(URL_SAFE_NO_PAD.decode(mark).ok()?).ok()?;
            FileName::parse(&name).ok()
        });
        Self {
            order: match parameter("sort").as_deref() {
                Some("changed") => Order::Changed,
                Some("size") => Order::Size,
                _ => Order::Name,
            },
            descending: parameter("down").is_some(),
            find: parameter("q").unwrap_or_default().trim().chars().take(LONGEST_FIND).collect(),
            below: parameter("below").is_some(),
            rows: number("rows").filter(|rows| *rows != ROWS).map(|rows| rows.clamp(1, MOST_ROWS)),
            from: number("from").unwrap_or_default(),
            after,
        }
    }

    /// The same as a query, with its question mark; what goes without saying is left out.
    pub(super) fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        match self.order {
            Order::Name => {}
            Order::Changed => _ = query.append_pair("sort", "changed"),
            Order::Size => _ = query.append_pair("sort", "size"),
        }
        let flags = [("down", self.descending), ("below", self.below && !self.find.is_empty())];
        for (name, _) in flags.iter().filter(|(_, set)| *set) {
            query.append_pair(name, "1");
        }
        if !self.find.is_empty() {
            query.append_pair("q", &self.find);
        }
        if let Some(rows) = self.rows {
            query.append_pair("rows", &rows.to_string());
        }
        if self.from > 0 {
            query.append_pair("from", &self.from.to_string());
        }
        if let Some(after) = &self.after {
            query.append_pair("after", &URL_SAFE_NO_PAD.encode(after.as_str()));
        }
        match query.finish() {
            query if query.is_empty() => query,
            query => format!("?{query}"),
        }
    }

    /// From its beginning.
    pub(super) fn first(&self) -> Self {
        Self { from: 0, after: None, ..self.clone() }
    }

    /// By this column; the other way round if it is sorted by it.
    pub(super) fn sorted(&self, order: Order) -> Self {
        let again = self.order == order;
        // The newest and the largest first: that is what one looks for.
        let descending = if again { !self.descending } else { order != Order::Name };
        Self { order, descending, ..self.first() }
    }

    /// The next rows.
    pub(super) fn goes_on(&self, next: &Next) -> Self {
        match next {
            Next::From(row) => Self { from: *row, ..self.first() },
            Next::After(name) => Self { after: FileName::parse(name).ok(), ..self.first() },
        }
    }

    /// What to ask the host.
    pub(super) fn wish(&self) -> Browse {
        Browse {
            order: self.order,
            descending: self.descending,
            find: (!self.find.is_empty()).then(|| self.find.clone()),
            below: self.below,
            from: self.from,
            after: self.after.clone(),
            rows: self.rows.unwrap_or(ROWS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> View {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        View::read(|wanted| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone()))
    }

    #[test]
    fn an_address_says_what_it_was_made_from_and_no_more_than_it_must() {
        for query in ["", "?sort=size&down=1", "?below=1&q=%C3%84+%26+b", "?rows=1000&from=2000", "?after=TmFtZS5kb2N4"]
        {
            assert_eq!(read(query.trim_start_matches('?')).query(), query);
        }
        assert_eq!(read("rows=100&from=0&sort=name&below=1&q=+"), View { below: true, ..View::default() });
    }

    #[test]
    fn nonsense_in_an_address_is_the_beginning_of_the_folder() {
        let view = read("rows=99999999999999999999999&from=-1&after=%2F%2F&sort=colour");
        assert_eq!(view, View::default());
        assert_eq!(read("rows=5000").wish().rows, MOST_ROWS);
    }

    #[test]
    fn a_column_turns_round_and_new_and_large_come_first() {
        let by_name = View::default();
        assert_eq!(by_name.sorted(Order::Name).query(), "?down=1");
        assert_eq!(by_name.sorted(Order::Size).query(), "?sort=size&down=1");
        assert_eq!(by_name.sorted(Order::Size).sorted(Order::Size).query(), "?sort=size");
    }
}
