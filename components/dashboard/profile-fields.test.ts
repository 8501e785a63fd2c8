import { expect, it } from 'vitest';
import { changesOf, type ProfileFields } from './profile-fields';

const saved: ProfileFields = {
  first_name: 'John',
  last_name: 'Doe',
  email: 'john@example.com',
  bio: 'Hello',
  location: '',
  birth_date: '1995-01-01',
  locale: 'en',
  time_zone: 'UTC',
};

it('sends only what was changed', () => {
  expect(changesOf({ ...saved, location: 'Pune' }, saved)).toEqual({ location: 'Pune' });
  expect(changesOf(saved, saved)).toEqual({});
});

it('clears what may be empty and leaves it to the schema to refuse the rest', () => {
  expect(changesOf({ ...saved, bio: ' ', birth_date: '', first_name: '' }, saved)).toEqual({
    bio: null,
    birth_date: null,
    first_name: '',
  });
});
