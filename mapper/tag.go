package mapper

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fatih/structtag"
)

// omission says what a write does with a field that has no content.
type omission uint8

const (
	omitNever omission = iota // the zero value is stored
	omitEmpty                 // nothing is sent, an existing bin stays
	omitZero                  // NULL is sent, an existing bin goes
)

// metaKind says which property of the record a field stands for.
type metaKind uint8

const (
	metaNone metaKind = iota
	metaGeneration
	metaTTL
)

// form is how the tag wants a type to be stored. It travels with the type
// through pointers, slices, arrays and map values until a type understands it.
type form struct {
	json, text, blob, ordered bool
	// unix is the unit of a time.Time stored as an integer, 0 for the default.
	unix    time.Duration
	boolean boolForm
	// keepZero is set by types that have another NULL than the zero time.
	keepZero bool
}

type boolForm uint8

const (
	boolDefault boolForm = iota
	boolInt
	boolNative
)

// tag is what the tags of one field say.
type tag struct {
	name       string // "" stands for the field's Go name
	skip       bool
	key        bool
	inline     bool
	omit       omission
	form       form
	meta       metaKind
	hasOptions bool
}

// formOptions are the options that choose a form.
var formOptions = map[string]func(*form){
	"json":        func(f *form) { f.json = true },
	"text":        func(f *form) { f.text = true },
	"blob":        func(f *form) { f.blob = true },
	"ordered":     func(f *form) { f.ordered = true },
	"unix":        func(f *form) { f.unix = time.Second },
	"unixmilli":   func(f *form) { f.unix = time.Millisecond },
	"unixnano":    func(f *form) { f.unix = time.Nanosecond },
	"bool=int":    func(f *form) { f.boolean = boolInt },
	"bool=native": func(f *form) { f.boolean = boolNative },
}

const knownOptions = "pk, omitempty, omitzero, inline, json, text, blob, ordered, unix, unixmilli, unixnano, bool=int, bool=native"

// parseTag reads the as and asm tags of a field.
func parseTag(raw string) (tag, error) {
	tags, err := structtag.Parse(raw)
	if err != nil {
		// A tag that does not keep to the convention hides all that follows in it.
		if strings.Contains(raw, "as:") || strings.Contains(raw, "asm:") {
			return tag{}, fmt.Errorf("malformed tag %q: %w", raw, err)
		}
		return tag{}, nil
	}
	if tags == nil {
		return tag{}, nil
	}
	var t tag
	as, _ := tags.Get("as")
	meta, _ := tags.Get("asm")
	if meta != nil && strings.TrimSpace(meta.Name) != "" {
		if as != nil {
			return tag{}, fmt.Errorf("a field is either a bin (tag as) or metadata (tag asm), not both")
		}
		return parseMetaTag(meta)
	}
	if as == nil {
		return t, nil
	}
	t.name = strings.TrimSpace(as.Name)
	if t.name == "-" {
		return tag{skip: true}, nil
	}
	t.hasOptions = len(as.Options) > 0
	seen := make([]string, 0, len(as.Options))
	for _, option := range as.Options {
		option = strings.TrimSpace(option)
		if option == "" {
			continue
		}
		if slices.Contains(seen, option) {
			return tag{}, fmt.Errorf("option %q stands twice", option)
		}
		seen = append(seen, option)
		if err := t.apply(option); err != nil {
			return tag{}, err
		}
	}
	return t, t.check()
}

func parseMetaTag(meta *structtag.Tag) (tag, error) {
	if len(meta.Options) > 0 {
		return tag{}, fmt.Errorf("tag asm takes no options")
	}
	switch strings.TrimSpace(meta.Name) {
	case "gen":
		return tag{meta: metaGeneration}, nil
	case "ttl":
		return tag{meta: metaTTL}, nil
	}
	return tag{}, fmt.Errorf("unknown metadata %q in tag asm; gen and ttl exist", meta.Name)
}

func (t *tag) apply(option string) error {
	switch option {
	case "pk":
		t.key = true
	case "inline":
		t.inline = true
	case "omitempty", "omitzero":
		if t.omit != omitNever {
			return fmt.Errorf("omitempty leaves a bin as it is and omitzero removes it; choose one")
		}
		t.omit = omitEmpty
		if option == "omitzero" {
			t.omit = omitZero
		}
	default:
		set, ok := formOptions[option]
		if !ok {
			return fmt.Errorf("unknown option %q; these exist: %s", option, knownOptions)
		}
		before := t.form
		set(&t.form)
		if before.unix != 0 && t.form.unix != before.unix || before.boolean != 0 && t.form.boolean != before.boolean {
			return fmt.Errorf("option %q contradicts another one", option)
		}
	}
	return nil
}

// check reports options that don't go together.
func (t *tag) check() error {
	f := t.form
	switch {
	case t.key && (t.omit != omitNever || t.inline):
		return fmt.Errorf("option pk goes with neither omitempty, omitzero nor inline")
	case t.key && (f.json || f.ordered):
		return fmt.Errorf("option pk goes with neither json nor ordered")
	case t.inline && (t.omit != omitNever || f != form{}):
		return fmt.Errorf("option inline goes with no other option")
	case f.json && (f.text || f.ordered || f.unix != 0 || f.boolean != boolDefault):
		return fmt.Errorf("option json goes with no other form than blob")
	case f.text && (f.blob || f.unix != 0):
		return fmt.Errorf("option text goes with neither blob nor unix")
	}
	return nil
}
