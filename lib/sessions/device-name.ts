import Bowser from 'bowser';

/**
 * A device in words, from its User-Agent header: `Chrome on Windows`, `Safari on iPhone`, `LatchkeyApp on iPhone`. What
 * can't be read is called by its first product (`okhttp`), or is an unknown device. Never more than what was sent, so a
 * client may call itself anything: it is a help to recognise one's own, no proof.
 */
export function deviceName(userAgent: string | null): string {
  const text = userAgent?.trim();
  if (!text) {
    return 'Unknown device';
  }
  const { browser, os, platform } = Bowser.parse(text);
  const software = plainName(browser.name) ?? plainName(text.split(/[/\s(]/)[0]) ?? 'Unknown app';
  const system = (os.name === 'iOS' ? plainName(platform.model) : undefined) ?? plainName(os.name);
  return system ? `${software} on ${system}` : software;
}

const plainName = (name: string | undefined): string | undefined =>
  name && /^[\p{L}\p{N}][\p{L}\p{N} ._+-]{0,39}$/u.test(name) ? name : undefined;
