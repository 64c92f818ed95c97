//! A picture as a table: for screen readers, and for everybody who wants the numbers.

use leptos::prelude::*;

use crate::dynamic::parts;

/// A table whose cells are set in place when it is drawn again.
#[component]
pub(crate) fn Twin(
    /// The name that tests know it by.
    name: &'static str,
    /// What it shows.
    caption: &'static str,
    /// The columns' headings.
    headings: &'static [&'static str],
    /// A text for each cell; the first one of a row is its heading.
    rows: Box<dyn Fn() -> Vec<Vec<String>> + Send>,
) -> impl IntoView {
    let row = |cells: Vec<String>| {
        let mut cells = cells.into_iter();
        let heading = cells.next();
        view! {
            <tr>
                <th scope="row">{heading}</th>
                {cells.map(|text| view! { <td>{text}</td> }).collect::<Vec<_>>()}
            </tr>
        }
    };
    view! {
        <div class="twin" tabindex="0" role="region" aria-label=caption data-testid=name>
            <table>
                <caption>{caption}</caption>
                <thead>
                    <tr>{headings.iter().map(|heading| view! { <th scope="col">{*heading}</th> }).collect::<Vec<_>>()}</tr>
                </thead>
                <tbody>{parts(move || rows().into_iter().map(row).collect())}</tbody>
            </table>
        </div>
    }
}
