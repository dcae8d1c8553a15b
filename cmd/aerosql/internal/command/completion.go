package command

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Shells are the shells that have a completion script.
var Shells = []string{"bash", "zsh", "fish"}

// WriteCompletion writes the completion script for a shell.
func (p *Program) WriteCompletion(w io.Writer, shell string) error {
	var b strings.Builder
	switch shell {
	case "bash":
		p.completeBash(&b)
	case "zsh":
		p.completeZsh(&b)
	case "fish":
		p.completeFish(&b)
	default:
		return Usage("unknown shell %q; use %s", shell, strings.Join(Shells, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// names returns the names of all commands.
func (p *Program) names() (names []string) {
	for _, c := range p.Commands {
		names = append(names, c.Name)
	}
	return append(names, "help")
}

// sortedFlags returns the flags of a command in the order of their names.
func (c *Command) sortedFlags() (list []flagInfo) {
	infos := c.flagInfos()
	for _, name := range slices.Sorted(maps.Keys(infos)) {
		list = append(list, infos[name])
	}
	return list
}

// argWords returns the words that the first argument of a command can be.
func (c *Command) argWords() (words []string) {
	for _, f := range c.Forms {
		if word := strings.Fields(f.Words)[0]; !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	if c.ArgValues != File && c.ArgValues != Directory {
		words = append(words, strings.Fields(c.ArgValues)...)
	}
	return words
}

func (p *Program) completeBash(b *strings.Builder) {
	fmt.Fprintf(b, "# Completion of %s for bash. Load it with: source <(%s completion bash)\n_%s() {\n", p.Name, p.Name, p.Name)
	b.WriteString("\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd=${COMP_WORDS[1]}\n\tCOMPREPLY=()\n")
	fmt.Fprintf(b, "\tif [ \"$COMP_CWORD\" -eq 1 ] || [ \"$prev\" = help ]; then\n\t\tCOMPREPLY=($(compgen -W %q -- \"$cur\"))\n\t\treturn\n\tfi\n",
		strings.Join(p.names(), " "))
	b.WriteString("\tcase \"$cmd $prev\" in\n")
	for i := range p.Commands {
		c := &p.Commands[i]
		for _, f := range c.sortedFlags() {
			if f.argument != "" {
				fmt.Fprintf(b, "\t%q) %s return ;;\n", c.Name+" -"+f.name, bashValues(f.value))
			}
		}
	}
	b.WriteString("\tesac\n\tcase $cmd in\n")
	for i := range p.Commands {
		c := &p.Commands[i]
		var flags []string
		for _, f := range c.sortedFlags() {
			flags = append(flags, "-"+f.name)
		}
		fmt.Fprintf(b, "\t%s)\n\t\tcase $cur in\n\t\t-*) COMPREPLY=($(compgen -W %q -- \"$cur\")) ;;\n", c.Name, strings.Join(flags, " "))
		values := c.ArgValues
		if words := c.argWords(); len(words) > 0 {
			values = strings.Join(words, " ")
		}
		if values != "" {
			fmt.Fprintf(b, "\t\t*) %s ;;\n", strings.TrimSuffix(bashValues(values), ";"))
		}
		b.WriteString("\t\tesac ;;\n")
	}
	fmt.Fprintf(b, "\tesac\n}\ncomplete -o filenames -F _%s %s\n", p.Name, p.Name)
}

// bashValues returns the command that completes a value.
func bashValues(values string) string {
	switch values {
	case "":
		return ""
	case File:
		return `COMPREPLY=($(compgen -f -- "$cur"));`
	case Directory:
		return `COMPREPLY=($(compgen -d -- "$cur"));`
	}
	return fmt.Sprintf(`COMPREPLY=($(compgen -W %q -- "$cur"));`, values)
}

func (p *Program) completeZsh(b *strings.Builder) {
	fmt.Fprintf(b, "#compdef %s\n# Completion of %s for zsh. Write it into a file _%s in a directory of $fpath.\n_%s() {\n", p.Name, p.Name, p.Name, p.Name)
	b.WriteString("\tlocal -a commands=(\n")
	for _, c := range p.Commands {
		fmt.Fprintf(b, "\t\t%s\n", quoteShell(c.Name+":"+c.Summary))
	}
	b.WriteString("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n\t\treturn\n\tfi\n\tlocal cmd=$words[2]\n")
	b.WriteString("\tshift words\n\t(( CURRENT-- ))\n\tcase $cmd in\n")
	for i := range p.Commands {
		c := &p.Commands[i]
		fmt.Fprintf(b, "\t%s)\n\t\t_arguments", c.Name)
		for _, f := range c.sortedFlags() {
			spec := "-" + f.name + "[" + strings.NewReplacer("[", "(", "]", ")", ":", " ").Replace(f.usage) + "]"
			if f.argument != "" {
				spec += ":" + f.argument + ":" + zshValues(f.value)
			}
			fmt.Fprintf(b, " \\\n\t\t\t%s", quoteShell(spec))
		}
		values := c.ArgValues
		if words := c.argWords(); len(words) > 0 {
			values = strings.Join(words, " ")
		}
		if values != "" {
			fmt.Fprintf(b, " \\\n\t\t\t%s", quoteShell("*:argument:"+zshValues(values)))
		}
		b.WriteString(" ;;\n")
	}
	fmt.Fprintf(b, "\tesac\n}\ncompdef _%s %s\n", p.Name, p.Name)
}

func zshValues(values string) string {
	switch values {
	case "":
		return ""
	case File:
		return "_files"
	case Directory:
		return "_files -/"
	}
	return "(" + values + ")"
}

func (p *Program) completeFish(b *strings.Builder) {
	fmt.Fprintf(b, "# Completion of %s for fish. Load it with: %s completion fish | source\ncomplete -c %s -f\n", p.Name, p.Name, p.Name)
	for i := range p.Commands {
		c := &p.Commands[i]
		fmt.Fprintf(b, "complete -c %s -n __fish_use_subcommand -a %s -d %s\n", p.Name, c.Name, quoteShell(c.Summary))
		when := quoteShell("__fish_seen_subcommand_from " + c.Name)
		for _, f := range c.sortedFlags() {
			fmt.Fprintf(b, "complete -c %s -n %s -o %s -d %s", p.Name, when, f.name, quoteShell(f.usage))
			switch {
			case f.argument == "":
			case f.value == File || f.value == Directory:
				b.WriteString(" -r -F")
			case f.value != "":
				fmt.Fprintf(b, " -x -a %s", quoteShell(f.value))
			default:
				b.WriteString(" -x")
			}
			b.WriteByte('\n')
		}
		if words := c.argWords(); len(words) > 0 {
			fmt.Fprintf(b, "complete -c %s -n %s -a %s\n", p.Name, when, quoteShell(strings.Join(words, " ")))
		} else if c.ArgValues != "" {
			fmt.Fprintf(b, "complete -c %s -n %s -F\n", p.Name, when)
		}
	}
}

// quoteShell returns a text in single quotes.
func quoteShell(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
