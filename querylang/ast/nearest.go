package ast

import "strings"

// Nearest returns the name that is most similar to a word, or "" if none is similar. The names are
// in upper case.
func Nearest(word string, names []string) string {
	const longest = 40
	if len(word) > longest {
		return ""
	}
	word = strings.ToUpper(word)
	best, nearest := 0, ""
	for _, name := range names {
		d := distance(word, name)
		if d <= max(1, min(len(word), len(name))/3) && (nearest == "" || d < best) {
			best, nearest = d, name
		}
	}
	return nearest
}

// distance returns the Levenshtein distance of two words, in which two letters that are swapped
// count as one change.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
