package mapper

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fatih/structtag"
)

// An omission says what a write does with a field without content.
type omission uint8

const (
	omitNever omission = iota // the zero value is stored
	omitEmpty                 // nothing is sent, and an existing bin is left unchanged
	omitZero                  // NULL is sent, and an existing bin is removed
)

// A metaKind says which metadata of the record a field holds.
type metaKind uint8

const (
	metaNone metaKind = iota
	metaGeneration
	metaTTL
)

// A form says how a type is stored, from the options of its tag. It is passed through pointers,
// slices, arrays and map values to the first type that uses it.
type form struct {
	json, text, blob, ordered bool
	// unix is the unit of a time.Time stored as an integer; 0 means the default.
	unix    time.Duration
	boolean boolForm
	// keepZero is set by types whose NULL is not the zero time.
	keepZero bool
	list     bool   // a struct is a list
	scale    int    // 1 more than the decimal places; 0 means none
	codec    string // the name of the codec of an option of New
}

type boolForm uint8

const (
	boolDefault boolForm = iota
	boolInt
	boolNative
)

// A tag is the parsed tags of a field.
type tag struct {
	name     string // "" means the field's Go name
	skip     bool
	key      bool
	inline   bool
	rest     bool // the map of the bins that have no field
	required bool
	alias    string // an older name of the bin
	omit     omission
	// since and until are the versions of a struct with option list that have the field; 0 means no
	// limit.
	since, until int
	form         form
	meta         metaKind
	record       recordTag
	hasOptions   bool
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
	"list":        func(f *form) { f.list = true },
}

// valueOptions are the options with a value after "=".
var valueOptions = map[string]func(t *tag, value string) error{
	"codec": func(t *tag, value string) error { return setText(&t.form.codec, value) },
	"alias": func(t *tag, value string) error { return setText(&t.alias, value) },
	"scale": func(t *tag, value string) error {
		err := setNumber(&t.form.scale, value, 0, maxScale)
		t.form.scale++
		return err
	},
	"since": func(t *tag, value string) error { return setNumber(&t.since, value, 2, maxVersion) },
	"until": func(t *tag, value string) error { return setNumber(&t.until, value, 1, maxVersion) },
	"index": setIndexName,
}

const maxVersion = 1 << 20

func setText(dst *string, value string) error {
	if value == "" {
		return fmt.Errorf("a name must follow the =")
	}
	*dst = value
	return nil
}

func setNumber(dst *int, value string, least, most int) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		return fmt.Errorf("the value must be a number from %d to %d", least, most)
	}
	*dst = n
	return nil
}

const knownOptions = "pk, omitempty, omitzero, required, inline, rest, alias=, json, text, blob, ordered, " +
	"unix, unixmilli, unixnano, bool=int, bool=native, scale=, list, since=, until=, codec=, created, updated, deleted, index, index="

// parseTag reads the as and asm tags of a field.
func parseTag(raw string) (tag, error) {
	tags, err := structtag.Parse(raw)
	if err != nil {
		// A malformed tag hides the tags that follow it.
		if looksLikeTag.MatchString(raw) {
			return tag{}, fmt.Errorf("malformed tag %q: %w", raw, err)
		}
		return tag{}, nil
	}
	if tags == nil {
		return tag{}, nil
	}
	if err := checkTagKeys(tags); err != nil {
		return tag{}, err
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
	if err := checkTagName(t.name); err != nil {
		return tag{}, err
	}
	t.hasOptions = len(as.Options) > 0
	seen := make([]string, 0, len(as.Options))
	for _, option := range as.Options {
		option = strings.TrimSpace(option)
		if option == "" {
			continue
		}
		if slices.Contains(seen, option) {
			return tag{}, fmt.Errorf("duplicate option %q", option)
		}
		seen = append(seen, option)
		if err := t.apply(option); err != nil {
			return tag{}, err
		}
	}
	return t, t.check()
}

// looksLikeTag matches a malformed tag that may be meant as one of the mapper.
var looksLikeTag = regexp.MustCompile(`(?i)(^|[\s,;])asm?\s*[:=]`)

// checkTagKeys returns an error for a tag as or asm that is written otherwise or twice, and so
// would be ignored.
func checkTagKeys(tags *structtag.Tags) error {
	seen := map[string]bool{}
	for _, t := range tags.Tags() {
		for _, key := range []string{"as", "asm"} {
			switch {
			case t.Key != key && strings.EqualFold(t.Key, key):
				return fmt.Errorf("the tag %s is written in lower case: %s", t.Key, key)
			case t.Key == key && seen[key]:
				return fmt.Errorf("the field has two tags %s", key)
			}
		}
		seen[t.Key] = true
	}
	return nil
}

// checkTagName returns an error for a name that contains options.
func checkTagName(name string) error {
	if name == "omitempty" || name == "omitzero" {
		return fmt.Errorf("%s is an option and not the name of a bin; options follow a comma: `as:\",%[1]s\"`", name)
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == ';' })
	for _, part := range parts {
		if part != name && slices.Contains(unlikelyNames, part) {
			return fmt.Errorf("the name %q contains the option %s; options follow a comma: `as:\"%s\"`", name, part, strings.Join(parts, ","))
		}
	}
	return nil
}

// unlikelyNames are options. A name that contains one is a mistake: no bin is called so.
var unlikelyNames = []string{"pk", "omitempty", "omitzero", "inline", "unixmilli", "unixnano"}

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
	return tag{}, fmt.Errorf("unknown metadata %q in tag asm; use gen or ttl", meta.Name)
}

func (t *tag) apply(option string) error {
	switch option {
	case "pk":
		t.key = true
	case "inline":
		t.inline = true
	case "rest":
		t.rest = true
	case "required":
		t.required = true
	case "omitempty", "omitzero":
		if t.omit != omitNever {
			return fmt.Errorf("omitempty leaves a bin unchanged and omitzero removes it; choose one")
		}
		t.omit = omitEmpty
		if option == "omitzero" {
			t.omit = omitZero
		}
	default:
		if set, ok := recordOptions[option]; ok {
			set(&t.record)
			return nil
		}
		name, value, _ := strings.Cut(option, "=")
		if set, ok := valueOptions[name]; ok {
			if err := set(t, value); err != nil {
				return fmt.Errorf("option %q: %w", option, err)
			}
			return nil
		}
		set, ok := formOptions[option]
		if !ok {
			return fmt.Errorf("unknown option %q; use one of %s", option, knownOptions)
		}
		before := t.form
		set(&t.form)
		if before.unix != 0 && t.form.unix != before.unix || before.boolean != 0 && t.form.boolean != before.boolean {
			return fmt.Errorf("option %q contradicts another option", option)
		}
	}
	return nil
}

// check returns an error for options that can't be combined.
func (t *tag) check() error {
	f := t.form
	switch {
	case t.key && (t.omit != omitNever || t.inline):
		return fmt.Errorf("option pk can't be combined with omitempty, omitzero or inline")
	case t.key && (f.json || f.ordered || f.list || f.scale != 0 || t.alias != "" || t.rest || t.required):
		return fmt.Errorf("option pk can't be combined with json, ordered, list, scale, alias, rest or required")
	case t.rest && (t.omit != omitNever || t.inline || t.required || t.alias != "" || f.json):
		return fmt.Errorf("option rest can't be combined with omitempty, omitzero, inline, required, alias or json")
	case t.required && t.omit != omitNever:
		return fmt.Errorf("option required can't be combined with omitempty or omitzero")
	case t.until != 0 && t.until < t.since:
		return fmt.Errorf("option until=%d is before since=%d", t.until, t.since)
	case t.inline && (t.omit != omitNever || t.required || t.alias != "" || f != form{}):
		return fmt.Errorf("option inline can't be combined with other options")
	case f.json && (f.text || f.ordered || f.unix != 0 || f.boolean != boolDefault || f.list || f.scale != 0):
		return fmt.Errorf("option json can't be combined with text, ordered, unix, bool, list or scale")
	case f.codec != "" && f != form{codec: f.codec}:
		return fmt.Errorf("option codec can't be combined with other options that choose a form")
	case f.text && (f.blob || f.unix != 0 || f.scale != 0):
		return fmt.Errorf("option text can't be combined with blob, unix or scale")
	}
	return nil
}
