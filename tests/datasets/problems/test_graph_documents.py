"""Graph files: what loads, and what is said of what does not."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.problems.graph_catalogue import load_graph
from datasets.problems.graph_document import parse_graph, write_graph
from datasets.records.graphs import Edge, Graph
from tasks.errors import BadInput
from tests.tasks.core.physics.graphs import WEIGHTS, graphs

NAMES = st.text(min_size=1, max_size=20).filter(lambda name: name.isprintable() and name.strip())


def of_json(document: object) -> Graph:
    return parse_graph(json.dumps(document).encode(), origin="my.json")


def of_csv(text: str) -> Graph:
    return parse_graph(text.encode(), origin="my.csv")


@given(graphs())
def test_a_graph_that_was_written_is_read_as_it_was(graph: Graph) -> None:
    assert parse_graph(write_graph(graph).encode(), origin="pinned.json") == graph


@given(NAMES, NAMES, WEIGHTS)
def test_nodes_may_have_any_name(one: str, other: str, weight: float) -> None:
    if one == other:
        with pytest.raises(BadInput, match="ties"):
            of_json([[one, other, weight]])
        return
    graph = of_json([[one, other, weight]])
    assert graph.nodes == (one, other)
    assert graph.edges == (Edge(0, 1, weight),)
    assert parse_graph(write_graph(graph).encode(), origin="pinned.json") == graph


def test_every_spelling_is_the_same_graph() -> None:
    wanted = of_json({"edges": [["a", "b", 2], ["b", "c"]]})
    assert wanted.nodes == ("a", "b", "c")
    assert wanted.edges == (Edge(0, 1, 2.0), Edge(1, 2, 1.0))
    tied = [{"source": "a", "target": "b", "weight": 2}, {"source": "c", "target": "b"}]
    nodes = [{"id": "a"}, {"id": "b"}, {"id": "c"}]
    for other in (
        of_json([["a", "b", 2], ["b", "c", 1.0]]),
        of_json({"nodes": nodes, "links": tied}),
        of_csv("source,target,weight\na,b,2\nb,c,1\n"),
        of_csv("\ufeffa,b,2\n\nb , c,\nc,b,1"),
    ):
        assert (other.nodes, other.edges) == (wanted.nodes, wanted.edges)


@pytest.mark.parametrize(
    "head",
    [
        "id1,id2",
        "node_1,node_2",
        "SRC,DST",
        "Source,Target",
        "vertex A,vertex B",
        "u,v",
        "start,end",
    ],
)
def test_a_head_is_no_edge_whatever_the_nodes_are(head: str) -> None:
    for rows in ("0,1\n1,2", "a,b\nb,c"):
        assert of_csv(f"{head}\n{rows}").nodes == of_csv(rows).nodes
        assert of_csv(f"{head},weight\n{rows},2").edges == of_csv(f"{rows},2").edges
        with pytest.raises(BadInput, match="line 1 calls its third column 'id'"):
            of_csv(f"{head},id\n{rows},2")


def test_any_words_are_a_head_above_numbers_and_are_asked_about_above_names() -> None:
    assert of_csv("left,right\n0,1\n1,2").nodes == ("0", "1", "2")
    assert of_csv("Bern,Basel\nBasel,Genf").nodes == ("Bern", "Basel", "Genf")
    assert of_csv("source,target\nBern,Basel\nGenf,Chur").nodes[0] == "Bern"
    with pytest.raises(BadInput, match=r"line 1 \('Bern', 'Basel'\) may be an edge or a head"):
        of_csv("Bern,Basel\nGenf,Chur")


def test_a_spreadsheet_s_semicolons_and_decimal_commas_are_read() -> None:
    wanted = of_csv("a,b,1.5\nb,c,-2.5")
    for text in ("a;b;1,5\nb;c;-2,5", "a\tb\t1,5\nb\tc\t-2.5", "from;to;weight\na;b;1,5\nb;c;-2,5"):
        assert (of_csv(text).nodes, of_csv(text).edges) == (wanted.nodes, wanted.edges)
    for text in ("x;1,x;2", "a;b,c;1"):
        with pytest.raises(BadInput, match="can be read in two ways"):
            of_csv(text)


def test_parallel_edges_of_a_multigraph_add_up_and_others_are_one() -> None:
    edges = [{"source": 0, "target": 1, "key": k, "weight": k + 1.0} for k in range(3)]
    graph = of_json({"multigraph": True, "nodes": [{"id": 0}, {"id": 1}], "edges": edges})
    assert graph.edges == (Edge(0, 1, 6.0),)
    assert of_json([["a", "b"], ["b", "a"]]).edges == (Edge(0, 1, 1.0),)


def test_links_of_old_networkx_name_nodes_by_place() -> None:
    nodes, links = [{"id": "k"}, {"id": "l"}, {"id": "m"}], [{"source": 2, "target": 0}]
    assert of_json({"nodes": nodes, "links": links}).edges == (Edge(0, 2, 1.0),)
    numbered = [{"id": 1}, {"id": 2}, {"id": 0}]  # ids that are numbers are names
    assert of_json({"nodes": numbered, "links": links}).edges == (Edge(1, 2, 1.0),)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"nodes": ["a", "b"], "edges": [["a", "typo_b"]]}, "'typo_b', which nodes does not list"),
        ({"nodes": [1, "1"], "edges": [[1, "1"]]}, "nodes has '1' twice"),
        ({"directed": True, "edges": [["a", "b"]]}, "it is directed"),
        ({"edges": [["a", "b"]], "links": [["a", "c"]]}, "edges and links differ"),
        ({"edges": [{"source": 0, "target": 1, "cost": 3}]}, "edge 0 has 'cost' and no weight"),
    ],
)
def test_what_would_be_read_as_another_graph_is_refused(document: object, said: str) -> None:
    with pytest.raises(BadInput, match=r"^my\.json: ") as refused:
        of_json(document)
    assert said in str(refused.value)


def test_a_first_line_is_a_head_only_where_it_names_both_columns() -> None:
    assert of_csv("From,To\na,b").nodes == ("a", "b")
    assert of_csv("source,a,3\na,sink,2").nodes == ("source", "a", "sink")
    assert of_csv("u,v,2\nv,w,1").nodes == ("u", "v", "w")


@given(st.text(min_size=1, max_size=200).filter(lambda name: not set(name) & {"/", "\0"}))
def test_a_graph_without_a_name_is_read_again_whatever_its_file_is_called(stem: str) -> None:
    for origin, data in ((f"{stem}.csv", b"a,b\n"), (f"{stem}.json", b'[["a", "b"]]')):
        graph = parse_graph(data, origin=origin)
        assert parse_graph(write_graph(graph).encode(), origin="pinned.json").name == graph.name


def test_nodes_are_in_the_order_in_which_they_are_named_first() -> None:
    assert of_csv("Zürich,東京\nZürich,Bern").nodes == ("Zürich", "東京", "Bern")
    assert of_json({"nodes": [3, "alone", 1], "edges": [[1, 3]]}).nodes == ("3", "alone", "1")


def test_an_edge_of_no_weight_is_none_but_its_nodes_stay() -> None:
    graph = of_csv("a,b,1\nc,d,0")
    assert graph.nodes == ("a", "b", "c", "d")
    assert graph.edges == (Edge(0, 1, 1.0),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("\n \n", "the file is empty"),
        ("source,target,weight\n", "no edges"),
        (",,\n,\n", "no edges"),
        ("a,b,0\n", "no edges"),
        ("a,a\n", "line 1 ties 'a' to itself"),
        ("a,b,1\nb,a,2\n", "line 2 ties 'b' and 'a' again, by another weight"),
        ("a,b,nan\n", "line 1 has the weight 'nan'. Give a number"),
        ("a,b,-inf\n", "has the weight"),
        ("a,b,1e10\n", "1e-09 to 1e+09 in size"),
        ("a,b,1e-300\n", "1e-09 to 1e+09 in size"),
        ("a,b,heavy\n", "has the weight 'heavy'"),
        ("a\n", "line 1 has 1 parts"),
        ("a,b,1,2\n", "line 1 has 4 parts"),
        (",b\n", "a node of line 1 is ''"),
        ('"a\nb",c\n', "Give one line of text"),
        ('a,"b\n', "is not CSV"),
        (f"{'a' * 101},b\n", "has 101 characters; at most 100"),
        ("\n".join(f"a{k},b{k},1" for k in range(33)), "66 nodes; at most 64"),
        ("0.0,1\n1.0,2\n2.0,0\n", "line 2 has the node '1.0', and before it '1'"),
        ("source,target\n01,2\n1,3\n", "has the node '1', and before it '01'"),
        ("a,b\n# a, comment\nb,c\n", "line 2 begins with '# a', which may be a comment"),
        ("% of,people\na,b\nb,a\n", "begins with '% of'"),
    ],
)
def test_a_bad_csv_file_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=r"^my\.csv: ") as refused:
        of_csv(text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (7, "neither an object nor a list"),
        ({}, "edges is missing"),
        ({"edges": {"a": "b"}}, "edges is no list"),
        ({"edges": []}, "no edges"),
        ({"edges": ["ab"]}, "edge 0 is 'ab'"),
        ({"edges": [["a"]]}, "edge 0 has 1 parts"),
        ({"edges": [["a", None]]}, "a node of edge 0 is None"),
        ({"edges": [["a", True]]}, "a node of edge 0 is True"),
        ({"edges": [["a", 10**20]]}, "a node of edge 0 is None"),
        ({"edges": [["a", "b", float("nan")]]}, "edge 0 has the weight nan"),
        ({"edges": [["a", "b", True]]}, "edge 0 has the weight True"),
        ({"edges": [["a", "b", [1]]]}, "edge 0 has the weight [1]"),
        ({"edges": [["a", "b", 10**400]]}, "edge 0 has the weight"),
        ({"edges": [{"source": "a"}]}, "a node of edge 0 is None"),
        ({"nodes": "ab", "edges": [["a", "b"]]}, "nodes is 'ab'"),
        ({"name": "", "edges": [["a", "b"]]}, "name is ''"),
    ],
)
def test_a_bad_json_file_is_refused_in_one_line(document: object, said: str) -> None:
    with pytest.raises(BadInput, match=r"^my\.json: ") as refused:
        of_json(document)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(BadInput, match=r"^my\.json has 'edges' twice in one object\. Keep one"):
        parse_graph(b'{"edges": [["a", "b"]], "edges": [["a", "c"]]}', origin="my.json")


@given(st.integers(0, 9), st.integers(10, 19), st.sampled_from(["{}", "{}.0", "0{}", "+{}"]))
def test_numbers_name_the_same_nodes_in_whatever_one_spelling(
    one: int, other: int, spelling: str
) -> None:
    first, second, third = (spelling.format(number) for number in (one, other, 20))
    assert of_csv(f"{first},{second}\n{second},{third}").nodes == (first, second, third)
    if spelling != "{}":
        with pytest.raises(BadInput, match="Write a number in one way"):
            of_csv(f"{first},{second}\n{other},{third}")


@pytest.mark.parametrize("data", [b"\xff\xfe", b'{"edges"', b"[" * 100_000])
def test_what_is_no_text_or_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match=r"Save it as|is not JSON|nests deeper"):
        parse_graph(data, origin="my.json")


def test_a_graph_is_found_by_its_name_or_by_the_path_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "bridges.csv"
    path.write_text("Kneiphof,Altstadt,2\nKneiphof,Vorstadt,2\n", encoding="utf-8")
    found = load_graph(str(path))
    assert (found.name, found.source) == ("bridges", str(path))
    assert load_graph("ring:8").name == "ring:8"
    for missing in ("absent.csv", str(tmp_path), "absent.json"):
        with pytest.raises(BadInput, match=r"There is no file|is a folder"):
            load_graph(missing)
