use super::*;

fn layout(shown: &[Panel]) -> Layout {
    Layout { shown: Panels::of(shown), ..Layout::new(Form::Desk) }
}

#[test]
fn widths_have_forms() {
    for (width, form) in [
        (390, Form::Phone),
        (760, Form::Phone),
        (761, Form::Tablet),
        (1_099, Form::Tablet),
        (1_100, Form::Desk),
        (1_799, Form::Desk),
        (2_560, Form::Wide),
    ] {
        assert_eq!(Form::of(width), form, "{width}");
    }
}

#[test]
fn columns_share_the_lines_of_all() {
    let grid = layout(&[Panel::Watchlist, Panel::Overview, Panel::Chart, Panel::Book, Panel::Trades]);
    let mut grid = grid;
    grid.set_sizes("290 500 210 0 600 700 500 300 500 400 300 300");
    let grid = grid.grid(Form::Desk);
    assert_eq!(grid.columns, "minmax(200px, 290fr) minmax(200px, 500fr) minmax(200px, 210fr)");
    assert_eq!(grid.rows, "minmax(0, 500fr) minmax(0, 100fr) minmax(0, 400fr)");
    let area = |panel: Panel| grid.areas[panel.index()].as_str();
    assert_eq!(area(Panel::Watchlist), "1 / 1 / 3 / 2");
    assert_eq!(area(Panel::Overview), "3 / 1 / 4 / 2");
    assert_eq!(area(Panel::Chart), "1 / 2 / 4 / 3");
    assert_eq!(area(Panel::Book), "1 / 3 / 2 / 4");
    assert_eq!(area(Panel::Trades), "2 / 3 / 4 / 4");
    assert_eq!(area(Panel::Depth), "");
    let edges: Vec<_> = grid.splitters.iter().map(|splitter| (splitter.edge, splitter.at)).collect();
    let expected = [
        (Edge::Row(Panel::Watchlist), 600),
        (Edge::Column(0), 290),
        (Edge::Column(1), 790),
        (Edge::Row(Panel::Book), 500),
    ];
    assert_eq!(edges, expected);
}

#[test]
fn hidden_columns_leave_their_room() {
    let grid = layout(&[Panel::Chart, Panel::Book]).grid(Form::Desk);
    assert_eq!(grid.columns, "minmax(200px, 704fr) minmax(200px, 296fr)");
    assert_eq!(grid.rows, "minmax(0, 1000fr)");
    assert_eq!(grid.splitters.len(), 1);
    assert_eq!(layout(&[]).grid(Form::Phone).splitters, [], "a phone has no edges");
}

#[test]
fn edges_go_where_they_are_dragged_and_no_further() {
    let panels = [Panel::Watchlist, Panel::Chart, Panel::Book, Panel::Trades];
    let place = |edge, at| {
        let mut layout = layout(&panels);
        layout.place(Form::Desk, edge, at);
        let splitters = layout.grid(Form::Desk).splitters;
        splitters.into_iter().map(|splitter| (splitter.edge, splitter.at)).collect::<Vec<_>>()
    };
    let row = (Edge::Row(Panel::Book), 600);
    assert_eq!(place(Edge::Column(0), 400), [(Edge::Column(0), 400), (Edge::Column(1), 790), row]);
    assert_eq!(place(Edge::Column(0), 0), [(Edge::Column(0), 80), (Edge::Column(1), 790), row]);
    assert_eq!(place(Edge::Column(0), 1_000), [(Edge::Column(0), 710), (Edge::Column(1), 790), row]);
    assert_eq!(place(Edge::Row(Panel::Book), 700)[2], (Edge::Row(Panel::Book), 700));
    assert_eq!(place(Edge::Row(Panel::Trades), 700)[2], row, "nothing is below the last one");
    assert_eq!(place(Edge::Column(3), 700)[2], row, "there is no such column");
}

#[test]
fn keys_move_edges_along_their_axis() {
    for (edge, key, to) in [
        (Edge::Column(0), "ArrowRight", Some(520)),
        (Edge::Column(0), "ArrowUp", None),
        (Edge::Row(Panel::Book), "ArrowUp", Some(480)),
        (Edge::Row(Panel::Book), "End", Some(1_000)),
        (Edge::Row(Panel::Book), "a", None),
    ] {
        assert_eq!(edge.moved(500, key), to, "{key}");
    }
}

#[test]
fn sizes_lead_back_and_garbage_does_nothing() {
    let mut moved = Layout::new(Form::Wide);
    moved.place(Form::Wide, Edge::Column(2), 700);
    let mut read = Layout::new(Form::Wide);
    read.set_sizes(&moved.sizes());
    assert_eq!(read, moved);
    for garbage in ["", "1 2 3", "x", &"9999 ".repeat(12), &"1 ".repeat(13)] {
        read.set_sizes(garbage);
        assert_eq!(read, moved, "{garbage}");
    }
}

#[test]
fn zero_weights_still_have_room() {
    let mut layout = Layout::new(Form::Wide);
    layout.set_sizes(&["0"; 12].join(" "));
    let grid = layout.grid(Form::Wide);
    assert_eq!(grid.columns.matches("250fr").count(), 4, "{}", grid.columns);
}
