export { default } from '@creatorr/config-jest';
