import { describe, expect, it } from 'vitest';
import { parseSmsRoutes, providersIn, routeFor, type Routes, routesTo } from './routes';

function routes(text: string): Routes {
  const parsed = parseSmsRoutes(text);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.routes;
}

const problems = (text: string): string[] => {
  const parsed = parseSmsRoutes(text);
  return parsed.ok ? [] : parsed.problems;
};

describe('parseSmsRoutes', () => {
  it('gives each country its providers in order, and the others those of *', () => {
    const parsed = routes('UZ=playmobile,twilio;BD=bulksmsbd,twilio;*=twilio');
    expect(routeFor(parsed, 'UZ')).toEqual(['playmobile', 'twilio']);
    expect(routeFor(parsed, 'BD')).toEqual(['bulksmsbd', 'twilio']);
    expect(routeFor(parsed, 'IN')).toEqual(['twilio']);
    expect(providersIn(parsed)).toEqual(['playmobile', 'twilio', 'bulksmsbd']);
  });

  it('forgives spaces and the case of countries', () => {
    const parsed = routes(' uz = playmobile , twilio ; * = twilio-verify ');
    expect(routeFor(parsed, 'UZ')).toEqual(['playmobile', 'twilio']);
    expect(routeFor(parsed, 'US')).toEqual(['twilio-verify']);
  });

  it.each([
    ['', ['has no country=provider,… in route 1', 'needs a route for * (every country that is not named)']],
    ['twilio', ['has no country=provider,… in route 1', 'needs a route for * (every country that is not named)']],
    ['*=twilio;', ['has no country=provider,… in route 2']],
    ['*=twilio=x', ['has no country=provider,… in route 1', 'needs a route for * (every country that is not named)']],
    ['UZ=playmobile', ['needs a route for * (every country that is not named)']],
    ['XX=twilio;*=twilio', ['names XX in route 1, which is no ISO 3166 alpha-2 country code and not *']],
    ['IND=twilio;*=twilio', ['names IND in route 1, which is no ISO 3166 alpha-2 country code and not *']],
    ['=twilio;*=twilio', ['names nothing in route 1, which is no ISO 3166 alpha-2 country code and not *']],
    ['IN=twilio;in=twilio;*=twilio', ['has two routes for IN']],
    ['*=twilio;*=twilio', ['has two routes for *']],
    ['*=', ['names no provider for *']],
    ['IN=,;*=twilio', ['names no provider for IN']],
    ['*=twilio,', ['names nothing for *, which is no provider: twilio, twilio-verify, playmobile, bulksmsbd']],
    ['*=pigeon', ['names pigeon for *, which is no provider: twilio, twilio-verify, playmobile, bulksmsbd']],
    ['*=Twilio', ['names Twilio for *, which is no provider: twilio, twilio-verify, playmobile, bulksmsbd']],
    ['*=twilio,twilio', ['names twilio twice for *']],
    ['*=inbox', ['names inbox for *: the development inbox delivers to nobody, set SMS_PROVIDER=inbox for it']],
    [
      'UZ=playmobile,twilio-verify;*=twilio',
      ['names twilio-verify beside others for UZ: it makes its own codes, so it must stand alone'],
    ],
    ['IN=bulksmsbd,twilio;*=twilio', ['names bulksmsbd for IN, but it delivers in BD only']],
  ])('says what is wrong with %j', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('tells all problems at once', () => {
    expect(problems('ZZ=raven;IN=pigeon,inbox;IN=dove;UZ=')).toEqual([
      'names ZZ in route 1, which is no ISO 3166 alpha-2 country code and not *',
      expect.stringMatching(/^names raven for ZZ/),
      expect.stringMatching(/^names pigeon for IN/),
      expect.stringMatching(/^names inbox for IN/),
      'has two routes for IN',
      expect.stringMatching(/^names dove for IN/),
      'names no provider for UZ',
      expect.stringMatching(/^needs a route for \*/),
    ]);
  });

  it('never quotes what may be a secret in the wrong line', () => {
    expect(problems('hunter2!hunter2=x;*=Zm9vYmFyYmF6cXV4cXV1eHF1dXo').join()).not.toMatch(/hunter|Zm9v/);
  });

  it('lets a provider of one country have * where only that country is allowed', () => {
    expect(routeFor(routes('*=playmobile'), 'UZ')).toEqual(['playmobile']);
  });
});

describe('routesTo', () => {
  it('hands every country to one provider', () => {
    expect(routeFor(routesTo('twilio'), 'UZ')).toEqual(['twilio']);
    expect(providersIn(routesTo('twilio'))).toEqual(['twilio']);
  });
});
