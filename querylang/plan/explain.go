package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Counters are what an operator did in one run, for EXPLAIN ANALYZE.
type Counters struct {
	// Rows is the number of rows that the operator returned, Opened the number of times it ran.
	Rows, Opened int64
	// Records and Bytes are what a Scan received, before the client checked the conditions.
	// Commands and Retries are what it sent: a query of all nodes is one command. They are 0 for
	// other operators.
	Records, Bytes, Commands, Retries int64
	// Memory is the largest amount of memory that the operator kept, in bytes.
	Memory int64
	// Time is the time spent in the operator and the ones below it.
	Time time.Duration
	// Nodes are the counters by node of the cluster, for a Scan.
	Nodes map[string]NodeCounters
}

// NodeCounters are what one node of the cluster did for a Scan. Commands are requests to the node,
// Retries those of them that repeated an earlier one. Bytes are those of its answers to queries, 0
// for reading by keys. Time is the sum of the requests' times, which includes that of the program
// between two records.
type NodeCounters struct {
	Records, Bytes, Commands, Retries int64
	Time                              time.Duration
}

// An Analysis is what is known of a plan besides the plan itself. All fields are optional.
type Analysis struct {
	// Accesses are the lowered scans.
	Accesses map[*Scan]*Access
	// Counters are those of a run.
	Counters map[Node]*Counters
	// Write are those of a statement that writes, with what it read.
	Write *Counters
}

// ExplainText returns a plan as lines of text: a line for each operator, indented by its depth, and
// below it lines about it. What the client does begins with "client:". Values of arguments are not
// shown. The analysis may be nil.
func ExplainText(b *Block, a *Analysis) []string {
	if a == nil {
		a = &Analysis{}
	}
	x := &explainer{a}
	return x.block(b).lines(nil, "")
}

func (s *step) lines(lines []string, indent string) []string {
	text := s.text
	if s.client {
		text = "client: " + text
	}
	if s.counters != nil {
		text += " [" + s.counters.text() + "]"
	}
	lines = append(lines, indent+text)
	for _, d := range s.details {
		lines = append(lines, indent+"  "+d.name+": "+d.text)
	}
	if s.counters != nil {
		for _, name := range slices.Sorted(maps.Keys(s.counters.Nodes)) {
			n := s.counters.Nodes[name]
			lines = append(lines, fmt.Sprintf("%s  node %s: %s", indent, name, n.text()))
		}
	}
	for _, input := range s.inputs {
		lines = input.lines(lines, indent+"  ")
	}
	return lines
}

// text returns the counters of an operator.
func (c *Counters) text() string {
	parts := []string{plural(int(c.Rows), "row")}
	if c.Opened != 1 {
		parts = append(parts, fmt.Sprintf("opened %d times", c.Opened))
	}
	if c.Commands > 0 {
		n := NodeCounters{Records: c.Records, Bytes: c.Bytes, Commands: c.Commands, Retries: c.Retries}
		parts = append(parts, n.work())
	}
	if c.Memory > 0 {
		parts = append(parts, fmt.Sprintf("%d bytes of memory", c.Memory))
	}
	return strings.Join(append(parts, c.Time.String()), ", ")
}

func (c NodeCounters) text() string { return c.work() + ", " + c.Time.String() }

func (c *NodeCounters) work() string {
	text := plural(int(c.Records), "record")
	if c.Bytes > 0 || c.Records == 0 {
		text += fmt.Sprintf(", %d bytes", c.Bytes)
	}
	return fmt.Sprintf("%s, %s, %d retries", text, plural(int(c.Commands), "command"), c.Retries)
}

// ExplainJSON returns a plan as a JSON document with what ExplainText shows. Each operator is an
// object with its name, its text, its details, its counters and its inputs.
func ExplainJSON(b *Block, a *Analysis) []byte {
	if a == nil {
		a = &Analysis{}
	}
	x := &explainer{a}
	document, err := json.MarshalIndent(x.block(b).document(), "", "  ")
	if err != nil {
		return nil // can't happen: the document has only strings and numbers
	}
	return document
}

// A document is a step in JSON.
type document struct {
	Operator string         `json:"operator"`
	Text     string         `json:"text"`
	Client   bool           `json:"client"`
	Details  map[string]any `json:"details,omitempty"`
	Counters *counted       `json:"counters,omitempty"`
	Inputs   []*document    `json:"inputs,omitempty"`
}

// counted are Counters in JSON.
type counted struct {
	Rows    int64                  `json:"rows"`
	Opened  int64                  `json:"opened"`
	Memory  int64                  `json:"memory"`
	Records int64                  `json:"records"`
	Bytes   int64                  `json:"bytes"`
	Sent    int64                  `json:"commands"`
	Retries int64                  `json:"retries"`
	Time    int64                  `json:"nanoseconds"`
	Nodes   map[string]countedNode `json:"nodes,omitempty"`
}

type countedNode struct {
	Records int64 `json:"records"`
	Bytes   int64 `json:"bytes"`
	Sent    int64 `json:"commands"`
	Retries int64 `json:"retries"`
	Time    int64 `json:"nanoseconds"`
}

func (s *step) document() *document {
	d := &document{Operator: s.operator, Text: s.text, Client: s.client}
	for _, x := range s.details {
		if d.Details == nil {
			d.Details = make(map[string]any)
		}
		var value any = x.text
		if x.value != nil {
			value = x.value
		}
		switch known := d.Details[x.name].(type) {
		case nil:
			d.Details[x.name] = value
		case []any:
			d.Details[x.name] = append(known, value)
		default:
			d.Details[x.name] = []any{known, value}
		}
	}
	if c := s.counters; c != nil {
		d.Counters = &counted{
			Rows: c.Rows, Opened: c.Opened, Memory: c.Memory, Records: c.Records, Bytes: c.Bytes,
			Sent: c.Commands, Retries: c.Retries, Time: int64(c.Time),
		}
		for name, n := range c.Nodes {
			if d.Counters.Nodes == nil {
				d.Counters.Nodes = make(map[string]countedNode)
			}
			d.Counters.Nodes[name] = countedNode{n.Records, n.Bytes, n.Commands, n.Retries, int64(n.Time)}
		}
	}
	for _, input := range s.inputs {
		d.Inputs = append(d.Inputs, input.document())
	}
	return d
}
