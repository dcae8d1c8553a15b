package plan

import (
	"fmt"
	"strings"
)

// ruleNames are the names of the rules, by Rule.
var ruleNames = [...]string{
	FilterRule: "filter", IndexRule: "index", UnionRule: "union", IntersectionRule: "intersection",
	ProjectionRule: "projection", KeyRule: "key", LimitRule: "limit",
}

// String returns the rule's name.
func (r Rule) String() string { return ruleNames[r] }

// Rules is a set of rules.
type Rules uint32

// Has reports whether the set contains a rule.
func (s Rules) Has(r Rule) bool { return s&(1<<r) != 0 }

// String returns the names of the rules, separated by commas.
func (s Rules) String() string {
	var names []string
	for r, name := range ruleNames {
		if s.Has(Rule(r)) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}

// ParseRules parses names of rules that are separated by commas.
func ParseRules(text string) (Rules, error) {
	var set Rules
	for name := range strings.SplitSeq(text, ",") {
		known := false
		for r, ruleName := range ruleNames {
			if name == ruleName {
				set |= 1 << r
				known = true
			}
		}
		if !known && name != "" {
			return 0, fmt.Errorf("there is no rule %q, only %s", name, strings.Join(ruleNames[:], ", "))
		}
	}
	return set, nil
}
