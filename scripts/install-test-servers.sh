#!/bin/sh
# Installs the servers that tests start for themselves (Dovecot, Postfix's smtp-sink, PostgreSQL, dnsmasq) on Debian as root,
# without starting any of them; elsewhere it says what to run, and the tests skip what is missing.
set -eu

PACKAGES="dovecot-imapd postfix postgresql openssl dnsmasq-base"
POLICY=/usr/sbin/policy-rc.d # asked by Debian's packages before they start a service; 101 forbids it

main() {
    if all_there; then
        return
    elif [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        say_loudly "The servers for tests are not all installed."
    elif ! install_packages; then
        say_loudly "The servers for tests could not be installed (see above)."
    fi
}

all_there() {
    PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
    command -v dovecot >/dev/null && command -v smtp-sink >/dev/null && command -v openssl >/dev/null &&
        command -v dnsmasq >/dev/null &&
        [ -x /usr/lib/dovecot/imap ] && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

install_packages() {
    echo "Installing the servers for tests: $PACKAGES (none of them is started)"
    export DEBIAN_FRONTEND=noninteractive
    forbid_starting
    echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections || true
    # The package lists are fetched only when the ones at hand do not do.
    apt_install >/dev/null 2>&1 || { apt-get -qq update && apt_install >/dev/null; }
}

apt_install() {
    # shellcheck disable=SC2086 # a list of words
    apt-get -qq -y --no-install-recommends install $PACKAGES
}

forbid_starting() {
    trap allow_starting EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    [ ! -e "$POLICY" ] || [ -e "$POLICY.before-tests" ] || mv "$POLICY" "$POLICY.before-tests"
    printf '#!/bin/sh\nexit 101\n' >"$POLICY"
    chmod 755 "$POLICY"
}

allow_starting() {
    rm -f "$POLICY"
    [ ! -e "$POLICY.before-tests" ] || mv "$POLICY.before-tests" "$POLICY"
}

say_loudly() {
    {
        echo "***"
        echo "*** $1"
        echo "*** Tests that need them are SKIPPED. On Debian this installs them:"
        echo "***     sudo apt-get install $PACKAGES"
        echo "***"
    } >&2
}

main
