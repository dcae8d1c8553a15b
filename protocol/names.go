package protocol

import "fmt"

// CheckNewName returns an error if the name is not suitable for something new: if it has a control
// character or one of ';', ':', '=' and ','. Servers store sets and bins with such names. But these
// characters separate the fields of info commands and their responses. So lists of such names are
// ambiguous, and the info commands that truncate a set or create an index can't name them. what is
// the kind of the thing, such as "set"; the error contains it and the quoted name.
func CheckNewName(what, name string) error {
	for i := range len(name) {
		switch c := name[i]; {
		case c < ' ' || c == 0x7f:
			return fmt.Errorf("the name %.80q of a %s has a control character", name, what)
		case c == ';' || c == ':' || c == '=' || c == ',':
			return fmt.Errorf("the name %.80q of a %s has a %q; ';', ':', '=' and ',' are separators in the lists of servers", name, what, c)
		}
	}
	return nil
}
