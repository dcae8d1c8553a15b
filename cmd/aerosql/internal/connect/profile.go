package connect

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// defaultProfile is the profile that is used if nothing else is given.
const defaultProfile = "default"

// A profile is a table of the file of profiles.
type profile struct {
	DSN          string `toml:"dsn"`
	User         string `toml:"user"`
	Password     string `toml:"password"`
	PasswordFile string `toml:"password_file"`
}

// errNoProfile means that the file of profiles does not exist or lacks a profile.
var errNoProfile = errors.New("there is no such profile")

// profilesFile returns the path of the file of profiles.
func profilesFile() (string, error) {
	if path := os.Getenv(variableProfiles); path != "" {
		return path, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNoProfile, err)
	}
	return filepath.Join(dir, "aerosql", "profiles.toml"), nil
}

// readProfile returns the source that a profile describes.
func readProfile(name string) (source, error) {
	path, err := profilesFile()
	if err != nil {
		return source{}, err
	}
	profiles, err := readProfiles(path)
	if err != nil {
		return source{}, command.WithCode(command.ExitUsage, err)
	}
	p, known := profiles[name]
	if !known {
		return source{}, command.WithCode(command.ExitUsage, fmt.Errorf("%w: %q is not in %s%s", errNoProfile, name, path, among(profiles)))
	}
	if p.Password != "" {
		if err := checkPrivate(path); err != nil {
			return source{}, err
		}
	}
	return source{
		origin: fmt.Sprintf("the profile %s in %s", name, path), dsn: p.DSN, user: p.User, password: p.Password, passwordFile: p.PasswordFile,
	}, nil
}

// among lists the profiles for an error.
func among(profiles map[string]profile) string {
	var names []string
	for name := range profiles {
		names = append(names, name)
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return ", which has " + strings.Join(names, ", ")
}

// readProfiles reads the file. A file that does not exist has no profiles.
func readProfiles(path string) (map[string]profile, error) {
	var profiles map[string]profile
	meta, err := toml.DecodeFile(path, &profiles)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, withoutText(err))
	case len(meta.Undecoded()) > 0:
		return nil, fmt.Errorf("%s: unknown key %s; use dsn, user, password or password_file", path, meta.Undecoded()[0])
	}
	for name, p := range profiles {
		if p.DSN == "" {
			return nil, fmt.Errorf("%s: the profile %s has no dsn", path, name)
		}
	}
	return profiles, nil
}

// withoutText returns an error of the parser that does not quote the file, which may have
// passwords.
func withoutText(err error) error {
	if p, ok := errors.AsType[toml.ParseError](err); ok {
		return fmt.Errorf("line %d is not valid TOML", p.Position.Line)
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return err
	}
	return errors.New("it is not a file of profiles: each is a table with strings")
}
