package sim

import (
	"slices"
)

// history checks that the truth is consistent: the versions of each record follow from each other,
// and a Push only appends its token to the list.
func (c *checker) history() {
	for _, versions := range c.Truth.Records {
		for i, v := range versions[1:] {
			if before := versions[i]; !v.Restored && !v.follows(before) {
				c.breach(InconsistentHistory, nil, "%v follows %v", v, before)
			}
		}
	}
}

// follows reports whether v can come after before. The version that a transaction makes is the
// result of several writes, so it can follow any version. If removed records leave tombstones,
// generations continue from those.
func (v *Version) follows(before *Version) bool {
	if v.Rolled {
		return true
	}
	if v.Exists && v.Generation != before.Generation+1 && before.Exists {
		return false
	}
	log, had := tokensOf(v), tokensOf(before)
	n := len(had)
	switch {
	case len(log) <= n:
		return true
	case !slices.Equal(log[:n], had):
		return false
	}
	return len(log) == n+1 && log[n] == v.Token
}

// tokensOf returns the tokens in a version's list.
func tokensOf(v *Version) (tokens []Token) {
	log, _ := v.Bins().Get(binLog)
	elements, _ := log.List()
	for _, element := range elements {
		b, _ := element.Bytes()
		tokens = appendTokens(tokens, b)
	}
	return tokens
}
