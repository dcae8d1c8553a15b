package bind

import "strings"

// nearest returns the name that is most like another one, in quotes and after words that suggest
// it, or "" if none is like it.
func nearest(name string, known []string) string {
	best, found := len(name)/3+2, ""
	for _, k := range known {
		if d := distance(strings.ToUpper(name), strings.ToUpper(k), best); d < best {
			best, found = d, k
		}
	}
	if found == "" {
		return ""
	}
	return "; is it " + found + "?"
}

// distance returns the number of changes of single bytes between two texts, or most if it is not
// less. Two bytes in the wrong order are one change.
func distance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(last[j]+change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return min(row[len(b)], most)
}
