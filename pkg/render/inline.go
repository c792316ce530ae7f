package render

import (
	"fmt"
	"html/template"
	"slices"
	"text/template/parse"
)

// inliner writes out templates that are called with the dot where they are called:
// html/template then escapes them for that place, be it a title or a tag.
type inliner struct {
	set   *template.Template
	seen  map[string]bool // templates that stay, called with something else
	calls int
	depth int
}

func (in *inliner) list(list *parse.ListNode) {
	if list == nil {
		return
	}
	if in.depth++; in.depth > 100 {
		failf("a template calls itself")
	}
	var nodes []parse.Node
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.TemplateNode:
			nodes = append(nodes, in.call(n)...)
			continue
		case *parse.IfNode:
			in.branches(n.BranchNode)
		case *parse.WithNode:
			in.branches(n.BranchNode)
		case *parse.RangeNode:
			in.branches(n.BranchNode)
		}
		nodes = append(nodes, n)
	}
	list.Nodes = nodes
	in.depth--
}

func (in *inliner) branches(n parse.BranchNode) {
	in.list(n.List)
	in.list(n.ElseList)
}

// call is what stands in place of a call: the dot under a name of its own, and
// the template with its variables renamed.
func (in *inliner) call(n *parse.TemplateNode) []parse.Node {
	t := in.set.Lookup(n.Name)
	switch {
	case t == nil || t.Tree == nil:
		return []parse.Node{n}
	case n.Pipe == nil && textAlone(t.Tree.Root):
		return t.Tree.Root.CopyList().Nodes
	case n.Pipe == nil || n.Pipe.String() != ".":
		if !in.seen[n.Name] {
			in.seen[n.Name] = true
			in.list(t.Tree.Root)
		}
		return []parse.Node{n}
	}
	in.calls++
	mark := fmt.Sprintf("_%d", in.calls)
	begin, err := parse.Parse(n.Name, "{{$"+mark+" := .}}", "", "")
	if err != nil {
		failf("%v", err)
	}
	body := t.Tree.Root.CopyList()
	rename(body, mark)
	in.list(body)
	return append(begin[n.Name].Root.Nodes, body.Nodes...)
}

func textAlone(list *parse.ListNode) bool {
	return !slices.ContainsFunc(list.Nodes, func(n parse.Node) bool { return n.Type() != parse.NodeText })
}

// rename adds a mark to the names of all variables.
func rename(list *parse.ListNode, mark string) {
	walk(list, func(n parse.Node) {
		if v, ok := n.(*parse.VariableNode); ok {
			v.Ident[0] += mark
		}
	})
}

// walk visits a node and all that are in it.
func walk(n parse.Node, visit func(parse.Node)) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, child := range n.Nodes {
				walk(child, visit)
			}
		}
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.IfNode:
		walkBranches(n.BranchNode, visit)
	case *parse.WithNode:
		walkBranches(n.BranchNode, visit)
	case *parse.RangeNode:
		walkBranches(n.BranchNode, visit)
	case *parse.TemplateNode:
		walk(n.Pipe, visit)
	case *parse.PipeNode:
		walkPipe(n, visit)
	case *parse.ChainNode:
		walk(n.Node, visit)
	}
	visit(n)
}

func walkBranches(n parse.BranchNode, visit func(parse.Node)) {
	walk(n.Pipe, visit)
	walk(n.List, visit)
	walk(n.ElseList, visit)
}

func walkPipe(n *parse.PipeNode, visit func(parse.Node)) {
	if n == nil {
		return
	}
	for _, d := range n.Decl {
		walk(d, visit)
	}
	for _, cmd := range n.Cmds {
		for _, arg := range cmd.Args {
			walk(arg, visit)
		}
	}
}
