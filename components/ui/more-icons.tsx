import { Icon, type IconProps } from './icons';

export const ArrowRight = (props: IconProps) => (
  <Icon {...props}>
    <path d="M3 8h10M9 4l4 4-4 4" />
  </Icon>
);

export const ArrowLeft = (props: IconProps) => (
  <Icon {...props}>
    <path d="M13 8H3m4-4L3 8l4 4" />
  </Icon>
);

export const Close = (props: IconProps) => (
  <Icon {...props}>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);

export const Search = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="7" cy="7" r="4.25" />
    <path d="m10.2 10.2 3.3 3.3" />
  </Icon>
);

export const Phone = (props: IconProps) => (
  <Icon {...props}>
    <path d="M3.5 2.25h2L6.75 5.5 5.25 6.75a7 7 0 0 0 4 4l1.25-1.5 3.25 1.25v2a1.25 1.25 0 0 1-1.35 1.25A10.75 10.75 0 0 1 2.25 3.6 1.25 1.25 0 0 1 3.5 2.25Z" />
  </Icon>
);

export const Copy = (props: IconProps) => (
  <Icon {...props}>
    <rect x="5.75" y="5.75" width="7.5" height="7.5" rx="1.5" />
    <path d="M10.25 3.5v-.25a1 1 0 0 0-1-1h-5.5a1 1 0 0 0-1 1v5.5a1 1 0 0 0 1 1H4" />
  </Icon>
);

export const BrowserIcon = (props: IconProps) => (
  <Icon {...props}>
    <rect x="2" y="2.75" width="12" height="8.5" rx="1.25" />
    <path d="M5.5 13.5h5M8 11.25v2.25" />
  </Icon>
);

export const AppIcon = (props: IconProps) => (
  <Icon {...props}>
    <rect x="4.25" y="1.75" width="7.5" height="12.5" rx="1.5" />
    <path d="M7.25 12h1.5" />
  </Icon>
);

export const Shield = (props: IconProps) => (
  <Icon {...props}>
    <path d="M8 1.75 13 3.5v4c0 3.2-2.1 5.6-5 6.75-2.9-1.15-5-3.55-5-6.75v-4L8 1.75Z" />
  </Icon>
);

export const Clock = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="8" cy="8" r="6.25" />
    <path d="M8 4.5V8l2.25 1.5" />
  </Icon>
);

export const Download = (props: IconProps) => (
  <Icon {...props}>
    <path d="M8 2.75v7.5M4.75 7.25 8 10.5l3.25-3.25M3 13.25h10" />
  </Icon>
);

export const KeyIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="5" cy="11" r="3.25" />
    <path d="M7.4 8.6 13.5 2.5M10.5 5.5l2 2M12.5 3.5l1.25 1.25" />
  </Icon>
);

export const Print = (props: IconProps) => (
  <Icon {...props}>
    <path d="M4.5 6V2.25h7V6M4.5 11.5H2.75V6h10.5v5.5H11.5M4.5 9.25h7v4.5h-7v-4.5Z" />
  </Icon>
);

export const Pencil = (props: IconProps) => (
  <Icon {...props}>
    <path d="m10.2 3.3 2.5 2.5M3 13l.6-2.9 7-7a1.2 1.2 0 0 1 1.7 0l.6.6a1.2 1.2 0 0 1 0 1.7l-7 7L3 13Z" />
  </Icon>
);
