package protocol

import "fmt"

// CheckNewName reports a name that nothing new should have: with a control character, or with a character that separates the fields
// of info commands and of their answers, ';' ':' '=' ','. Servers store such sets and bins all the same. Their lists are ambiguous
// then, and info commands, which truncate a set or create an index, can't name them. The name itself is quoted in the error, after
// what it is the name of.
func CheckNewName(what, name string) error {
	for i := range len(name) {
		switch c := name[i]; {
		case c < ' ' || c == 0x7f:
			return fmt.Errorf("the name %.80q of a %s has a control character", name, what)
		case c == ';' || c == ':' || c == '=' || c == ',':
			return fmt.Errorf("the name %.80q of a %s has a %q; ';', ':', '=' and ',' separate what servers list", name, what, c)
		}
	}
	return nil
}
