import Link from 'next/link';
import type { ReactNode } from 'react';
import { Tag } from '@/components/ui/tag';
import { textLink } from '@/components/ui/text-link';
import type { UserView } from '@/lib/users/user-view';
import { Avatar } from './avatar';
import { birthday, day, languageName, readablePhone, timeZoneName } from './profile-words';

/** Everything the profile knows, in the words of people; what is missing says how to add it. */
export function ProfileDetails({ user }: { user: UserView }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-10 md:grid-cols-[14rem_minmax(0,1fr)] md:gap-16">
      <section aria-label="You" className="flex items-center gap-5 md:flex-col md:items-start">
        <Avatar url={user.avatar_url} name={user.name ?? ''} className="size-20 text-2xl md:size-28 md:text-4xl" />
        <div className="min-w-0">
          <p className="text-lg font-semibold tracking-[-0.01em] wrap-anywhere">{user.name}</p>
          <p className="mt-0.5 text-sm text-ink-soft">
            Member since <time dateTime={user.created_at}>{day(user.created_at, user)}</time>
          </p>
          {user.role !== 'user' && (
            <p className="mt-3">
              <Tag>{user.role === 'admin' ? 'Administrator' : 'Provider'}</Tag>
            </p>
          )}
        </div>
      </section>
      <dl className="border-t border-line">
        <Row term="Phone">
          <span className="tabular-nums">{user.phone ? readablePhone(user.phone) : <Missing field="phone" />}</span>
          {user.is_verified && <Tag positive>Verified</Tag>}
        </Row>
        <Row term="Email">
          <span className="break-all">{user.email ?? <Missing field="email" />}</span>
          {user.email && (user.email_verified ? <Tag positive>Verified</Tag> : <Tag>Not verified</Tag>)}
        </Row>
        <Row term="About">
          {user.bio ? <span className="whitespace-pre-line wrap-anywhere">{user.bio}</span> : <Missing field="bio" />}
        </Row>
        <Row term="Location">
          {user.location ? <span className="wrap-anywhere">{user.location}</span> : <Missing field="location" />}
        </Row>
        <Row term="Birthday">{user.birth_date ? birthday(user.birth_date, user) : <Missing field="birth_date" />}</Row>
        <Row term="Language">{user.locale ? languageName(user.locale) : <Missing field="locale" />}</Row>
        <Row term="Time zone">{user.time_zone ? timeZoneName(user.time_zone) : <Missing field="time_zone" />}</Row>
      </dl>
    </div>
  );
}

function Row({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-6 gap-y-1 border-b border-line py-4 sm:grid-cols-[8rem_minmax(0,1fr)]">
      <dt className="text-sm leading-6 text-ink-soft">{term}</dt>
      <dd className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">{children}</dd>
    </div>
  );
}

/** The `name` of each link says what it adds, for people who hear links without what surrounds them. */
const fieldNames: Record<string, string> = {
  phone: 'phone',
  email: 'e-mail',
  bio: 'a few words about you',
  location: 'location',
  birth_date: 'birthday',
  locale: 'language',
  time_zone: 'time zone',
};

function Missing({ field }: { field: string }) {
  return (
    <Link href={`/dashboard/profile#${field}`} prefetch={false} className={`${textLink} min-w-11`}>
      Add <span className="sr-only">{fieldNames[field]}</span>
    </Link>
  );
}
